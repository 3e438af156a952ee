package io.aeroframe.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

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

    static HostIdentity current() {
        if (!Files.isReadable(BOOT_ID)) {
            return new HostIdentity(0, 0);
        }
        try {
            UUID boot = UUID.fromString(Files.readString(BOOT_ID).strip());
            return new HostIdentity(boot.getMostSignificantBits(), boot.getLeastSignificantBits());
        } catch (IOException ex) {
            throw new UncheckedIOException(BOOT_ID + ": cannot be read: " + ex.getMessage(), ex);
        }
    }

    boolean isSameAs(long otherHigh, long otherLow) {
        return (high != 0 || low != 0) && high == otherHigh && low == otherLow;
    }
}
