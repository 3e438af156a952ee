package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Links between the documents lead somewhere, and the Java that they show is compiled by the build. */
class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

    private final Path root = Repository.root();

    @Test
    void linksLeadToFilesAndHeadingsThatExist() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : Repository.files(root, file -> file.toString().endsWith(".md"))) {
            Matcher link = LINK.matcher(Repository.read(page));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains("://") && !isThere(page, target)) {
                    broken.add(root.relativize(page) + ": " + target);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void sourcesNameOnlyDocumentsThatExist() throws IOException {
        Pattern document = Pattern.compile("\\bdocs/[\\w/.-]+\\.md");
        List<String> missing = new ArrayList<>();
        for (Path source : Repository.files(root, file -> file.toString().endsWith(".java"))) {
            Matcher name = document.matcher(Repository.read(source));
            while (name.find()) {
                if (!Files.exists(root.resolve(name.group()))) {
                    missing.add(root.relativize(source) + ": " + name.group());
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void javaInReadmeAndTutorialIsTakenFromTheExamples() throws IOException {
        List<String> examples = new ArrayList<>();
        for (Path example : Repository.files(
                root.resolve("apps/examples"), file -> file.toString().endsWith(".java"))) {
            examples.add(withoutIndentation(Repository.read(example)));
        }
        for (String page : List.of("README.md", "docs/tutorial.md")) {
            Matcher block = JAVA_BLOCK.matcher(Repository.read(root.resolve(page)));
            int blocks = 0;
            while (block.find()) {
                String code = withoutIndentation(block.group(1));
                assertTrue(
                        examples.stream().anyMatch(example -> example.contains(code)),
                        () -> page + ": no file of apps/examples has these lines:\n" + block.group(1));
                blocks++;
            }
            assertTrue(blocks > 0, page + " shows no Java");
        }
    }

    @Test
    void dependenciesHaveTheVersionOfThePom() {
        Matcher pom = VERSION.matcher(Repository.read(root.resolve("pom.xml")));
        assertTrue(pom.find());
        for (String page : List.of("README.md", "docs/tutorial.md")) {
            Matcher dependency = VERSION.matcher(Repository.read(root.resolve(page)));
            assertTrue(dependency.find(), page);
            assertEquals(pom.group(1), dependency.group(1), page);
        }
    }

    private static boolean isThere(Path page, String target) {
        int hash = target.indexOf('#');
        String name = hash < 0 ? target : target.substring(0, hash);
        Path file = name.isEmpty() ? page : page.resolveSibling(name).normalize();
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0 || anchors(file).contains(target.substring(hash + 1));
    }

    /** The headings of a page as GitHub makes anchors of them. */
    private static Set<String> anchors(Path page) {
        Set<String> anchors = new HashSet<>();
        for (String line : Repository.read(page).split("\n")) {
            if (line.startsWith("#")) {
                anchors.add(line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'));
            }
        }
        return anchors;
    }

    private static String withoutIndentation(String code) {
        return code.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
    }
}
