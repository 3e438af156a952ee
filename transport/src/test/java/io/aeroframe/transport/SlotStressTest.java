package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs {@link SlotStress} and {@link MemberStress} under jcstress in JVMs of their own: what must not happen does not,
 * and does as soon as one of the second looks that the protocol takes is left out. {@code -Dstress=true} runs each test
 * in more ways and for longer.
 */
class SlotStressTest {

    private static final boolean IS_LONG = Boolean.getBoolean("stress");
    private static final Path DIRECTORY = Path.of("target", "jcstress").toAbsolutePath();
    private static final String FORBIDDEN = "Forbidden";

    /** How often a broken protocol that did not break is given more time. It may be rare on a busy machine. */
    private static final int MAX_RUNS = 20;

    private static String report;

    @BeforeAll
    static void runAll() throws IOException, InterruptedException {
        clear();
        report = run(
                "(Slot|Member)Stress",
                IS_LONG
                        ? List.of("-f", "1", "-fsm", "1", "-iters", "5", "-time", "500")
                        : List.of("-f", "1", "-fsm", "1", "-sc", "false", "-iters", "1", "-time", "150"));
    }

    /** Runs the stress tests of that name, and returns the part of the output that has the results. */
    private static String run(String tests, List<String> effort) throws IOException, InterruptedException {
        Path temporary = Files.createDirectories(DIRECTORY.resolve("tmp"));
        Path output = DIRECTORY.resolve("report.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main",
                "-t",
                tests,
                "-r",
                DIRECTORY.resolve("html").toString(),
                "-v",
                "-af",
                "NONE",
                "-jvmArgs",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -XX:-UsePerfData -Djava.io.tmpdir=" + temporary));
        command.addAll(effort);
        Process process = new ProcessBuilder(command)
                .directory(DIRECTORY.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(IS_LONG ? 3_600 : 900, TimeUnit.SECONDS), "it takes too long: see " + output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String all = Files.readString(output);
        int results = all.indexOf("RUN RESULTS:");
        assertTrue(results >= 0, () -> "it has not run: " + all);
        return all.substring(results);
    }

    private static void clear() throws IOException {
        if (Files.exists(DIRECTORY)) {
            try (Stream<Path> files = Files.walk(DIRECTORY)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** How often a test had an outcome that is forbidden, or acceptable. */
    private static long samples(String report, String test, String expectation) {
        int start = report.indexOf("Stress." + test + "\n");
        assertTrue(start >= 0, () -> test + " has not run: " + report);
        int end = report.indexOf("Stress.", start + 1);
        Matcher row = Pattern.compile("^ +\\S.*? +([0-9,]+) +<?[0-9.]+% +" + expectation, Pattern.MULTILINE)
                .matcher(report.substring(start, end < 0 ? report.length() : end));
        long sum = 0;
        while (row.find()) {
            sum += Long.parseLong(row.group(1).replace(",", ""));
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OldFrame",
                "NewFrame",
                "Exclusion",
                "LendAndLeave",
                "LendAndSuccessor",
                "EvictionAndLease",
                "EvictionAndRejoin",
                "EvictionAndSuccessor",
                "RetainLimit"
            })
    void nothingForbiddenHappens(String test) {
        assertEquals(0, samples(report, test, FORBIDDEN), report);
        assertTrue(samples(report, test, "Acceptable") > 0, report);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BrokenPublisher", "BrokenMember", "BrokenLoan", "BrokenEviction", "BrokenRetainer"})
    void withoutTheSecondLookItHappens(String test) throws IOException, InterruptedException {
        String results = report;
        for (int more = 0; more < MAX_RUNS && samples(results, test, FORBIDDEN) == 0; more++) {
            results = run("Stress." + test + "$", List.of("-f", "1", "-fsm", "1", "-iters", "5", "-time", "500"));
        }
        assertTrue(samples(results, test, FORBIDDEN) > 0, results);
    }

    @Test
    void noTestEndsInAnError() {
        assertTrue(report.contains("Error tests: No matches."), report);
    }
}
