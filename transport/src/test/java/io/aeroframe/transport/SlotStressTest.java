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

    private static String report;

    @BeforeAll
    static void run() throws IOException, InterruptedException {
        clear();
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
                "(Slot|Member)Stress",
                "-r",
                DIRECTORY.resolve("html").toString(),
                "-v",
                "-af",
                "NONE",
                "-jvmArgs",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -XX:-UsePerfData -Djava.io.tmpdir=" + temporary));
        command.addAll(
                IS_LONG
                        ? List.of("-f", "1", "-fsm", "1", "-iters", "5", "-time", "500")
                        : List.of("-f", "1", "-fsm", "1", "-sc", "false", "-iters", "1", "-time", "150"));
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
        report = all.substring(results);
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
    private static long samples(String test, String expectation) {
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
        assertEquals(0, samples(test, FORBIDDEN), report);
        assertTrue(samples(test, "Acceptable") > 10_000, report);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BrokenPublisher", "BrokenMember", "BrokenLoan", "BrokenEviction", "BrokenRetainer"})
    void withoutTheSecondLookItHappens(String test) {
        assertTrue(samples(test, FORBIDDEN) > 0, report);
    }

    @Test
    void noTestEndsInAnError() {
        assertTrue(report.contains("Error tests: No matches."), report);
    }
}
