package io.aeroframe.apps.doctor;

import io.aeroframe.transport.StreamMonitor;
import io.aeroframe.transport.StreamStatus;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The directory in memory that processes share, and what lies in it. */
final class SharedMemory {

    private static final long REQUIRED_BYTES = 20L << 20;
    private static final long COMFORTABLE_BYTES = 256L << 20;
    private static final int FIRST_USER_ID = 1_000;
    private static final Pattern REMOVE_IPC = Pattern.compile("(?m)^\\s*RemoveIPC\\s*=\\s*(\\S+)");

    private final Path directory;
    private final Path root;
    private final int userId;

    /**
     * The checks of a directory.
     *
     * @param directory the directory that processes share, which need not exist.
     * @param root      the root of the file system with the machine's settings.
     */
    SharedMemory(Path directory, Path root) {
        this(directory, root, userId());
    }

    SharedMemory(Path directory, Path root, int userId) {
        this.directory = directory;
        this.root = root;
        this.userId = userId;
    }

    private static int userId() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException ex) {
            return 0; // a system without user ids has no systemd either
        }
    }

    Finding room() throws IOException {
        boolean isThere = Files.isDirectory(directory);
        Path place = isThere ? directory : directory.getParent();
        if (place == null || !Files.isDirectory(place)) {
            return Finding.broken(
                    "shared memory", directory + ": the directory it is to be in is missing", "mkdir -p " + place);
        }
        if (isThere && isOpenToOthers()) {
            return Finding.broken("shared memory", directory + ": other users may enter it", "chmod 700 " + directory);
        }
        FileStore store = Files.getFileStore(place);
        long free = store.getUsableSpace();
        long all = store.getTotalSpace();
        String found = directory + ": " + mebibytes(free) + " of " + mebibytes(all) + " free, " + store.type();
        if (!Files.isWritable(place)) {
            return Finding.broken("shared memory", found + ", not writable for this user", "export AEROFRAME_DIR=DIR");
        }
        String more =
                isContainer() ? "docker run --shm-size=1g ..." : "mount -o remount,size=2g " + mountPoint(place, store);
        if (free < REQUIRED_BYTES) {
            return Finding.broken("shared memory", found + ": too little for a stream", more);
        }
        if (!store.type().equals("tmpfs") && !store.type().equals("ramfs")) {
            return Finding.hint(
                    "shared memory",
                    found + ": not in memory, so that frames may be written to a disk",
                    "export AEROFRAME_DIR=/dev/shm/aeroframe-" + System.getProperty("user.name"));
        }
        return all < COMFORTABLE_BYTES
                ? Finding.hint("shared memory", found + ": enough for small pictures", more)
                : Finding.ok("shared memory", found);
    }

    private boolean isOpenToOthers() throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(directory).stream()
                        .anyMatch(permission -> !permission.name().startsWith("OWNER_"));
    }

    private boolean isContainer() {
        return Files.exists(root.resolve(".dockerenv")) || Files.exists(root.resolve("run/.containerenv"));
    }

    private static Path mountPoint(Path place, FileStore store) throws IOException {
        Path point = place.toAbsolutePath();
        while (point.getParent() != null
                && Files.getFileStore(point.getParent()).equals(store)) {
            point = point.getParent();
        }
        return point;
    }

    Finding leftovers() throws IOException {
        List<Path> abandoned;
        try (StreamMonitor monitor = new StreamMonitor(directory)) {
            abandoned = monitor.leftovers();
        }
        if (abandoned.isEmpty()) {
            return Finding.ok("leftovers", "none of processes that have died");
        }
        long bytes = 0;
        for (Path file : abandoned) {
            bytes += Files.exists(file) ? Files.size(file) : 0;
        }
        return Finding.hint(
                "leftovers",
                abandoned.size() + " files of processes that have died, " + mebibytes(bytes)
                        + "; the next media driver removes them",
                "rm " + abandoned.stream().map(Path::toString).collect(Collectors.joining(" ")));
    }

    /** Processes that share a driver should have one version. */
    Finding versions() {
        Map<String, List<Long>> processes = new TreeMap<>();
        try (StreamMonitor monitor = new StreamMonitor(directory)) {
            for (StreamStatus status : monitor.look()) {
                processes
                        .computeIfAbsent(status.libraryVersion(), version -> new ArrayList<>())
                        .add(status.processId());
            }
        }
        String found = processes.entrySet().stream()
                .map(each -> "version " + each.getKey() + " in "
                        + each.getValue().stream()
                                .distinct()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
        if (processes.size() > 1) {
            return Finding.hint("versions", "of processes with streams differ: " + found, "update the older ones");
        }
        return Finding.ok("versions", processes.isEmpty() ? "no process has a stream" : found);
    }

    /** systemd removes what a user has in {@code /dev/shm} when the last session ends, unless it is set not to. */
    Finding removalAtLogout() throws IOException {
        String user = System.getProperty("user.name");
        if (!Files.isDirectory(root.resolve("run/systemd/system"))) {
            return Finding.ok("logout", "no systemd here that would remove files in memory");
        }
        if (!directory.startsWith("/dev/shm") || userId < FIRST_USER_ID) {
            return Finding.ok("logout", "systemd leaves the files of this user alone");
        }
        if (Files.exists(root.resolve("var/lib/systemd/linger").resolve(user)) || isRemovalOff()) {
            return Finding.ok("logout", "systemd keeps the files of user " + user);
        }
        return Finding.hint(
                "logout",
                "systemd removes the files in /dev/shm when the last session of user " + user
                        + " ends, and streams with them (RemoveIPC)",
                "loginctl enable-linger " + user);
    }

    private boolean isRemovalOff() throws IOException {
        List<Path> settings = new ArrayList<>(List.of(root.resolve("etc/systemd/logind.conf")));
        Path more = root.resolve("etc/systemd/logind.conf.d");
        if (Files.isDirectory(more)) {
            try (Stream<Path> files = Files.list(more)) {
                settings.addAll(files.sorted().toList());
            }
        }
        boolean isOff = false;
        for (Path file : settings) {
            if (Files.isReadable(file)) {
                Matcher found = REMOVE_IPC.matcher(Files.readString(file));
                while (found.find()) {
                    isOff = found.group(1).matches("(?i)no|false|off|0");
                }
            }
        }
        return isOff;
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
