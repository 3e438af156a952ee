package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Refuses wording that a reader stumbles over, lines that are too long, and directories of one machine: in the
 * comments and strings of Java, the documents and the scripts of the repository.
 */
class LanguageTest {

    private static final int COLUMNS = 120;

    private static final int MARKDOWN_COLUMNS = 100;

    /** Stands for a character of code, which no expression matches or reaches across. */
    private static final char CODE = '\u0001';

    private static final List<Rule> RULES = List.of(
            rule("(?<!there )\\b(is|are|was|were) no (?!longer|more|less|fewer|better|worse)\\w+", "write 'is not a'"),
            rule("\\banew\\b", "write 'again', or 're-'"),
            rule("\\bwhoever\\b", "write 'a process that', or 'a thread that'"),
            rule(
                    "(?<!people |person |users? |engineers? |developers? |anyone |those )\\bwho\\b",
                    "write 'that' or 'which'"),
            rule(
                    "\\b(process(es)?|threads?|publishers?|subscribers?|owners?|hosts?|members?) whose\\b",
                    "write 'of which', or turn the sentence round"),
            rule("\\b(told|tells?|telling)\\b", "programs report, print or log; values show; options set"),
            rule("\\bfor want of\\b", "write 'for lack of'"),
            rule("\\bin vain\\b", "write 'timed out', or 'without success'"),
            rule("\\bin good order\\b", "write 'cleanly'"),
            rule("\\bfor ever\\b", "write 'indefinitely', or 'without a limit'"),
            rule("\\bpass(es|ed|ing)? over\\b", "write 'skip'"),
            rule("\\b(give[sn]?|gave|giving)\\b[^.;:\u0001]{0,30} handlers?\\b", "frames are delivered to a handler"),
            rule("\\bhandlers? (is|are|was|were) given\\b", "frames are delivered to a handler"),
            rule("\\bjudg(e[sd]?|ing|ment)\\b", "write 'validate', or 'check'"),
            rule("\\b(the|its|their|a) begin\\b", "the noun is 'beginning', or 'start'"),
            rule("\\bonce a second at most\\b", "write 'at most once a second'"),
            rule("\\btak(e|es|ing) place of\\b", "write 'replaces'"),
            rule("@param \\w+ (of|in|on|by|from|for|with|at|as)\\b", "a parameter's text begins with a noun"),
            rule("(?<![\\w.}*~-])/(work|home|root|Users)/\\w+", "do not name a directory of one machine"));

    /** An expression that is refused; a space in it matches any white space. */
    private record Rule(Pattern expression, String instead) {}

    private record Finding(Path file, int line, String text, String instead) {
        @Override
        public String toString() {
            return file + ":" + line + ": '" + text + "': " + instead;
        }
    }

    private static Rule rule(String expression, String instead) {
        return new Rule(Pattern.compile(expression.replace(" ", "\\s"), Pattern.CASE_INSENSITIVE), instead);
    }

    @Test
    void textsKeepToTheRules() throws IOException {
        List<Finding> findings = findings(Repository.root());
        assertTrue(
                findings.isEmpty(),
                () -> findings.size() + " findings; CONTRIBUTING.md explains the rules:\n"
                        + findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
    }

    @Test
    void findsWordsInCommentsAndStringsButNotInCode() {
        String source = "int anew = 1; // anew\n/* What\n     * is\n     * no frame. */ String s = \"told\";";
        assertEquals(
                List.of("3 is no frame", "1 anew", "4 told"),
                check(Path.of("A.java"), source).stream()
                        .map(finding -> finding.line + " " + finding.text)
                        .collect(Collectors.toList()));
    }

    @Test
    void permitsThereIsNo() {
        assertEquals(List.of(), check(Path.of("a.md"), "If there is\nno driver, there are no frames any more.\n"));
    }

    private static List<Finding> findings(Path root) throws IOException {
        List<Finding> findings = new ArrayList<>();
        Set<String> pending = pending();
        for (Path file : Repository.files(root, LanguageTest::isText)) {
            String name = root.relativize(file).toString();
            if (!file.endsWith("LanguageTest.java") && !pending.contains(name)) {
                findings.addAll(check(root.relativize(file), Repository.read(file)));
            }
        }
        return findings;
    }

    /** Files that are still to be rewritten. */
    private static Set<String> pending() throws IOException {
        try (InputStream list = LanguageTest.class.getResourceAsStream("/language-pending.txt")) {
            return Set.of(new String(list.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
        }
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".java")
                || name.endsWith(".md")
                || name.endsWith(".py")
                || name.endsWith(".sh")
                || name.endsWith(".yml")
                || file.getParent().endsWith("bin")
                || file.endsWith(".ci/run");
    }

    private static List<Finding> check(Path file, String content) {
        List<Finding> findings = new ArrayList<>();
        boolean isJava = file.toString().endsWith(".java");
        int columns = file.toString().endsWith(".md") ? MARKDOWN_COLUMNS : COLUMNS;
        String[] lines = content.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            int length = lines[i].codePointCount(0, lines[i].length());
            if (length > columns) {
                findings.add(new Finding(file, i + 1, length + " columns", "at most " + columns));
            }
        }
        // One blank for the white space between two words, the end of a line kept: a look-behind has a fixed width.
        String text = (isJava ? withoutCode(content) : content)
                .replaceAll("[ \\t]*\n[ \\t]*", "\n")
                .replaceAll("[ \\t]+", " ");
        for (Rule rule : RULES) {
            Matcher matcher = rule.expression.matcher(text);
            while (matcher.find()) {
                int line = 1
                        + (int) text.substring(0, matcher.start())
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                findings.add(new Finding(file, line, matcher.group().replaceAll("\\s+", " "), rule.instead));
            }
        }
        return findings;
    }

    /** Comments and strings at their places, each other character but white space replaced by {@link #CODE}. */
    private static String withoutCode(String source) {
        StringBuilder text = new StringBuilder(source.length());
        int i = 0;
        while (i < source.length()) {
            int end;
            if (source.startsWith("//", i)) {
                end = endOf(source, "\n", i);
                text.append("  ").append(source, i + 2, end);
            } else if (source.startsWith("/*", i)) {
                end = endOf(source, "*/", i + 2);
                text.append(source.substring(i, end).replaceAll("(?m)^[ \\t]*\\*/?|^/\\*+|\\*/$", " "));
            } else if (source.startsWith("\"\"\"", i)) {
                end = endOf(source, "\"\"\"", i + 3);
                text.append(source, i, end);
            } else if (source.charAt(i) == '"' || source.charAt(i) == '\'') {
                end = i + 1;
                while (source.charAt(end) != source.charAt(i)) {
                    end += source.charAt(end) == '\\' ? 2 : 1;
                }
                end++;
                text.append(source, i, end);
            } else {
                end = i + 1;
                text.append(Character.isWhitespace(source.charAt(i)) ? source.charAt(i) : CODE);
            }
            i = end;
        }
        return text.toString();
    }

    private static int endOf(String source, String delimiter, int from) {
        int at = source.indexOf(delimiter, from);
        return at < 0 ? source.length() : at + delimiter.length();
    }
}
