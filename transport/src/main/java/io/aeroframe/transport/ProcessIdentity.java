package io.aeroframe.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Which process something belongs to, so that another process can find out when that one is gone, even if its number
 * has been given away again.
 *
 * @param pid       the process number together with the namespace it counts in; never 0.
 * @param startTime when it started, in the system's own unit; 0 if unknown.
 */
record ProcessIdentity(long pid, long startTime) {

    private static final Path PROC = Path.of("/proc");
    private static final boolean HAS_PROC = Files.isReadable(PROC.resolve("self/stat"));
    private static final long NAMESPACE = namespace();
    private static final ProcessIdentity CURRENT = of(ProcessHandle.current().pid());

    static ProcessIdentity current() {
        return CURRENT;
    }

    private static ProcessIdentity of(long number) {
        return new ProcessIdentity(NAMESPACE << 32 | number, startTime(number));
    }

    /** The number of the process in its own pid namespace, of a {@link #pid()}. */
    static long number(long pid) {
        return pid & 0xFFFF_FFFFL;
    }

    /**
     * Whether that process has surely ended. One of another namespace, such as another container's, cannot be seen from
     * here and counts as alive.
     */
    boolean isGone() {
        if (pid >>> 32 != NAMESPACE) {
            return false;
        }
        long number = number(pid);
        if (ProcessHandle.of(number).isEmpty()) {
            return true;
        }
        long runningSince = startTime(number);
        return startTime != 0 && runningSince != 0 && runningSince != startTime;
    }

    /** Linux numbers the namespaces, {@code pid:[4026531836]}; elsewhere there is one. */
    private static long namespace() {
        Path link = PROC.resolve("self/ns/pid");
        if (!HAS_PROC || !Files.isSymbolicLink(link)) {
            return 0;
        }
        try {
            String name = Files.readSymbolicLink(link).toString();
            return Long.parseLong(name.substring(name.indexOf('[') + 1, name.indexOf(']'))) & 0xFFFF_FFFFL;
        } catch (IOException | RuntimeException ex) {
            return 0; // a /proc that is shaped otherwise: one namespace for all
        }
    }

    /** Field 22 of {@code /proc/PID/stat}, see proc_pid_stat(5), in clock ticks since boot. */
    private static long startTime(long number) {
        if (!HAS_PROC) {
            return ProcessHandle.of(number)
                    .flatMap(process -> process.info().startInstant())
                    .map(instant -> instant.toEpochMilli())
                    .orElse(0L);
        }
        try {
            String stat = Files.readString(PROC.resolve(number + "/stat"), StandardCharsets.ISO_8859_1);
            String[] afterName =
                    stat.substring(stat.lastIndexOf(')') + 2).split(" "); // the name may have blanks and brackets
            return Long.parseLong(afterName[19]);
        } catch (NoSuchFileException ex) {
            return 0;
        } catch (IOException ex) {
            return 0; // it ended while it was read
        }
    }
}
