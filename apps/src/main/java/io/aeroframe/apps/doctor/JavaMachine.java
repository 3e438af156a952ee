package io.aeroframe.apps.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The Java virtual machine and its clock. */
final class JavaMachine {

    private static final Path CLOCK_SOURCE =
            Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    private static final int READINGS = 200_000;
    private static final int MAX_CLOCK_NS = 250;

    private JavaMachine() {}

    static Finding version() {
        String found = System.getProperty("java.vendor") + " " + Runtime.version() + ", "
                + Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB of heap at most";
        boolean is64Bit = !"32".equals(System.getProperty("sun.arch.data.model"));
        String options = System.getenv("JAVA_TOOL_OPTIONS");
        if (!is64Bit) {
            return Finding.broken(
                    "Java", found + ", 32 bits: Aeron needs 64", "apt-get install openjdk-17-jre-headless");
        }
        return Finding.ok("Java", found + (options == null ? "" : ", with JAVA_TOOL_OPTIONS=" + options));
    }

    /** Each frame is stamped several times: a clock that the processor cannot read itself shows in every latency. */
    static Finding clock() throws IOException {
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long startNs = System.nanoTime();
            for (int i = 0; i < READINGS; i++) {
                System.nanoTime();
            }
            fastest = Math.min(fastest, System.nanoTime() - startNs);
        }
        double ns = (double) fastest / READINGS;
        String source =
                Files.isReadable(CLOCK_SOURCE) ? Files.readString(CLOCK_SOURCE).strip() + ", " : "";
        String found = String.format(Locale.ROOT, "%sone reading takes %.0f ns", source, ns);
        return ns <= MAX_CLOCK_NS
                ? Finding.ok("clock", found)
                : Finding.hint("clock", found + ", which is slow", "echo tsc > " + CLOCK_SOURCE);
    }
}
