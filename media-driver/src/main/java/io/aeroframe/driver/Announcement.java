package io.aeroframe.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the process that hosts a driver says about it in {@code driver.id}: one line, its parts separated by blanks.
 *
 * @param identity the identity of the run: the driver's process id and start time, as in its own file.
 * @param clock    the clock of the driver's timeouts, and of its clients'.
 * @param network  the network namespace that the driver's sockets are in; {@link #UNKNOWN} where there are none.
 */
record Announcement(String identity, DriverClock clock, String network) {

    static final String UNKNOWN = "-";

    private static final Path OWN_NAMESPACE = Path.of("/proc/self/ns/net");

    /** What is announced of a driver that this process hosts. */
    static Announcement of(String identity, DriverClock clock) {
        return new Announcement(identity, clock, ownNetwork());
    }

    /** The network namespace of this process. */
    static String ownNetwork() {
        try {
            String name = Files.readSymbolicLink(OWN_NAMESPACE).toString();
            return name.isBlank() || name.contains(" ") ? UNKNOWN : name;
        } catch (IOException | UnsupportedOperationException ex) {
            return UNKNOWN;
        }
    }

    /**
     * Reads an announcement. Nothing in it is trusted.
     *
     * @param text or null.
     * @return null if it is not one: there is none, or it is damaged.
     */
    static Announcement parse(String text) {
        String[] parts = text == null ? new String[0] : text.split(" ", -1);
        if (parts.length != 4 || parts[3].isEmpty()) {
            return null;
        }
        try {
            return new Announcement(parts[0] + " " + parts[1], new DriverClock(Long.parseLong(parts[2])), parts[3]);
        } catch (NumberFormatException ex) {
            return null;
        }
    }

    /** Whether sockets of the driver are in this process's network, as far as is known. */
    boolean sharesNetwork() {
        String own = ownNetwork();
        return network.equals(UNKNOWN) || own.equals(UNKNOWN) || network.equals(own);
    }

    String text() {
        return identity + " " + clock.offsetMs() + " " + network;
    }
}
