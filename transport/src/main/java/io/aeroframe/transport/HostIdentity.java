package io.aeroframe.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Which host and boot the monotonic clock of this process belongs to. Two processes with one identity read the same
 * {@link System#nanoTime()}.
 *
 * @param high upper half, 0 if unknown.
 * @param low  lower half, 0 if unknown.
 */
record HostIdentity(long high, long low) {

    /** Linux draws it at boot; containers of one host share it, and share the clock. */
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * In a time namespace the monotonic clock is offset from the host's; see time_namespaces(7). Not there on older
     * kernels.
     */
    private static final Path CLOCK_OFFSETS = Path.of("/proc/self/timens_offsets");

    static HostIdentity current() {
        if (!Files.isReadable(BOOT_ID)) {
            return new HostIdentity(0, 0);
        }
        try {
            UUID boot = UUID.fromString(Files.readString(BOOT_ID).strip());
            String offsets = Files.isReadable(CLOCK_OFFSETS) ? Files.readString(CLOCK_OFFSETS) : "";
            return new HostIdentity(
                    boot.getMostSignificantBits(), boot.getLeastSignificantBits() ^ monotonicOffsetNs(offsets));
        } catch (IOException ex) {
            throw new UncheckedIOException(BOOT_ID + ": cannot be read: " + ex.getMessage(), ex);
        }
    }

    /** The offset of the monotonic clock: {@code monotonic SECONDS NANOSECONDS} is one of the lines. */
    static long monotonicOffsetNs(String offsets) {
        for (String line : offsets.lines().toList()) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length == 3 && fields[0].equals("monotonic")) {
                return TimeUnit.SECONDS.toNanos(Long.parseLong(fields[1])) + Long.parseLong(fields[2]);
            }
        }
        return 0;
    }

    boolean isSameAs(long otherHigh, long otherLow) {
        return (high != 0 || low != 0) && high == otherHigh && low == otherLow;
    }
}
