package io.aeroframe.apps.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All checks of this machine, in the order in which they are shown. */
public final class Doctor {

    private Doctor() {}

    /** A check. It waits a second at most. */
    @FunctionalInterface
    interface Check {
        Finding look() throws Exception;
    }

    private record Named(String subject, Check check) {}

    /**
     * Checks this machine.
     *
     * @param sharedDirectory the directory that processes share, which need not exist.
     * @return a finding for each check.
     */
    public static List<Finding> examine(Path sharedDirectory) {
        Path root = Path.of("/");
        SharedMemory memory = new SharedMemory(sharedDirectory, root);
        NativeCode code = new NativeCode(Path.of(System.getProperty("java.io.tmpdir")));
        Network network = new Network(root);
        List<Named> checks = List.of(
                new Named("Java", JavaMachine::version),
                new Named("clock", JavaMachine::clock),
                new Named("shared memory", memory::room),
                new Named("leftovers", memory::leftovers),
                new Named("versions", memory::versions),
                new Named("logout", memory::removalAtLogout),
                new Named("temporary directory", code::temporaryDirectory),
                new Named("waiting", code::waiting),
                new Named("waiting for several", code::waitingForSeveral),
                new Named("JPEG", code::jpeg),
                new Named("video", code::video),
                new Named("display", code::display),
                new Named("UDP buffers", network::buffers),
                new Named("UDP on this host", network::loopback),
                new Named("multicast", network::multicast));
        List<Finding> findings = new ArrayList<>();
        for (Named named : checks) {
            findings.add(look(named));
        }
        return findings;
    }

    private static Finding look(Named named) {
        try {
            return named.check().look();
        } catch (Exception | LinkageError ex) { // whatever is wrong with one check, the others are of use
            return Finding.hint(named.subject(), "cannot be checked: " + ex, "");
        }
    }
}
