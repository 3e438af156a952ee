package io.aeroframe.apps;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Arrows run one way: media-driver, transport, vision, apps. */
class ModulesTest {

    private static final String DRIVER = "io.aeroframe.driver..";
    private static final String TRANSPORT = "io.aeroframe.transport..";
    private static final String VISION = "io.aeroframe.vision..";
    private static final String APPS = "io.aeroframe.apps..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.aeroframe");

    @Test
    void allModulesAreLookedAt() {
        for (String name : List.of("driver", "transport", "vision", "apps")) {
            assertTrue(
                    CLASSES.stream().anyMatch(type -> type.getPackageName().startsWith("io.aeroframe." + name)), name);
        }
    }

    @Test
    void theMediaDriverKnowsNothingOfFrames() {
        noClasses()
                .that()
                .resideInAPackage(DRIVER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TRANSPORT, VISION, APPS)
                .check(CLASSES);
    }

    @Test
    void theTransportKnowsNothingOfPicturesAndCommands() {
        noClasses()
                .that()
                .resideInAPackage(TRANSPORT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(VISION, APPS)
                .check(CLASSES);
    }

    @Test
    void visionKnowsNothingOfCommands() {
        noClasses()
                .that()
                .resideInAPackage(VISION)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(APPS)
                .check(CLASSES);
    }

    /** What an embedder calls shows no type that may change without notice. */
    @Test
    void thePublicApiShowsNoInternalType() {
        noMethods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackages("io.aeroframe..internal..", "io.aeroframe.benchmarks..")
                .should(haveInternalTypes())
                .check(CLASSES);
    }

    /** The driver's internals are for the transport, which shares its files; vision's for vision and its benchmarks. */
    @Test
    void internalPackagesStayInternal() {
        noClasses()
                .that()
                .resideOutsideOfPackages(DRIVER, TRANSPORT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.aeroframe.driver.internal..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages(VISION, "io.aeroframe.benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.aeroframe.vision.internal..")
                .check(CLASSES);
    }

    private static ArchCondition<JavaMethod> haveInternalTypes() {
        return new ArchCondition<>("have internal types in their signatures") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                        .filter(type -> type.getPackageName().matches("io\\.aeroframe\\..*internal.*"))
                        .forEach(type -> events.add(SimpleConditionEvent.satisfied(
                                method, method.getFullName() + " shows " + type.getName())));
            }
        };
    }

    @Test
    void neitherDriverNorTransportReachesForPixelsCodecsOrWindows() {
        noClasses()
                .that()
                .resideInAnyPackage(DRIVER, TRANSPORT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.opencv..",
                        "nu.pattern..",
                        "org.bytedeco..",
                        "com.github.luben..",
                        "java.awt..",
                        "javax.swing..",
                        "javax.imageio..")
                .check(CLASSES);
    }

    /** What a library user gets along with them: Aeron and Agrona, and JNA for one system call; no 110 MB of OpenCV. */
    @ParameterizedTest
    @CsvSource({"media-driver", "transport"})
    void aLibraryUserGetsNoOpenCv(String module) throws Exception {
        Set<String> allowed = Set.of("io.aeroframe", "io.aeron", "org.agrona", "net.java.dev.jna");
        Set<String> groups = runtimeDependencies(Path.of("..", module, "pom.xml"));
        assertFalse(groups.isEmpty());
        assertTrue(allowed.containsAll(groups), groups::toString);
    }

    private static Set<String> runtimeDependencies(Path pom) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
        XPath xpath = XPathFactory.newInstance().newXPath();
        NodeList groups = (NodeList) xpath.evaluate(
                "/project/dependencies/dependency[not(scope='test') and not(scope='provided')]/groupId",
                document,
                XPathConstants.NODESET);
        return IntStream.range(0, groups.getLength())
                .mapToObj(i -> groups.item(i).getTextContent().strip())
                .collect(Collectors.toSet());
    }
}
