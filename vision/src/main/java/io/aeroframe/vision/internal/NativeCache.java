package io.aeroframe.vision.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where native libraries are unpacked to, once, for every later start.
 *
 * <p>{@code $XDG_CACHE_HOME/aeroframe}, by default {@code ~/.cache/aeroframe}; on Windows {@code
 * %LOCALAPPDATA%\aeroframe}; on macOS {@code ~/Library/Caches/aeroframe}; the system property {@value #PROPERTY}
 * overrides them all.
 */
public final class NativeCache {

    private static final String PROPERTY = "aeroframe.cache";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private static boolean isNoted;

    private NativeCache() {}

    /**
     * The cache directory. It is made if there is none, for its owner only where the file system knows permissions. If
     * the usual one cannot be made, belongs to another user or is on a file system that does not allow code to run, it
     * is one in the temporary directory, in {@code /var/tmp} or in {@code /dev/shm}.
     *
     * @return an absolute path to a directory that no other user may write to, since code is loaded from it.
     * @throws IOException if none of them can be used. The message is about the usual one.
     */
    public static Path directory() throws IOException {
        IOException first = null;
        for (Path candidate : locations()) {
            try {
                Path directory = open(candidate.toAbsolutePath());
                noteInstead(directory, first);
                return directory;
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        throw first;
    }

    private static synchronized void noteInstead(Path directory, IOException reason) {
        if (reason != null && !isNoted && Boolean.getBoolean(Ffmpeg.VERBOSE_PROPERTY)) {
            isNoted = true;
            System.err.println(
                    "aeroframe: native libraries are unpacked to " + directory + ", because " + reason.getMessage());
        }
    }

    private static Path open(Path directory) throws IOException {
        boolean hasPermissions =
                directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            if (hasPermissions) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw new IOException(
                    directory + ": the cache directory cannot be made (" + e + "); name another with -D" + PROPERTY
                            + "=DIR",
                    e);
        }
        if (hasPermissions) {
            requireOwnedAndPrivate(directory);
            requireCode(directory);
        }
        return directory;
    }

    /** One that cannot be written to is taken for complete: an image of a container may come with it. */
    private static void requireCode(Path directory) throws IOException {
        if (!Files.isWritable(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    return;
                }
            }
            throw new IOException(
                    directory + ": the cache directory cannot be written to; name another with -D" + PROPERTY + "=DIR");
        }
        Path probe = Files.createTempFile(directory, "probe", ".tmp", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            if (!Files.isExecutable(probe)) { // access(2) knows the options that a file system is mounted with
                throw new IOException(directory + ": the file system of the cache directory is mounted noexec; name"
                        + " another with -D" + PROPERTY + "=DIR");
            }
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** The usual place first. */
    private static List<Path> locations() {
        String override = System.getProperty(PROPERTY);
        if (override != null && !override.isBlank()) {
            return List.of(Path.of(override));
        }
        List<Path> locations = new ArrayList<>();
        Path usual = usual();
        if (usual != null) {
            locations.add(usual);
        }
        // One name for each user: two without a name, as containers have them, may share a host.
        String name = "aeroframe-cache-" + user();
        for (String parent : List.of(System.getProperty("java.io.tmpdir"), "/var/tmp", "/dev/shm")) {
            if (Files.isDirectory(Path.of(parent))) {
                locations.add(Path.of(parent, name));
            }
        }
        return locations;
    }

    /** Null for a user without a home. */
    private static Path usual() {
        String home = System.getProperty("user.home", "");
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            String local = System.getenv("LOCALAPPDATA");
            return isAbsolute(local) ? Path.of(local, "aeroframe") : Path.of(home, "AppData", "Local", "aeroframe");
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (!system.startsWith("mac") && isAbsolute(xdg)) {
            return Path.of(xdg, "aeroframe");
        }
        if (!new File(home).isDirectory()) { // a container's user without an entry in its passwd file has the home "?"
            return null;
        }
        return system.startsWith("mac")
                ? Path.of(home, "Library", "Caches", "aeroframe")
                : Path.of(home, ".cache", "aeroframe");
    }

    /** The user's numeric id, or the name on systems without. */
    private static String user() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        }
    }

    private static boolean isAbsolute(String path) {
        return path != null && new File(path).isAbsolute();
    }

    private static void requireOwnedAndPrivate(Path directory) throws IOException {
        UserPrincipal owner = Files.getOwner(directory);
        UserPrincipal self = self();
        if (!owner.equals(self)) {
            throw new IOException(directory + ": the cache directory belongs to " + owner.getName() + ", not to "
                    + self.getName() + "; name one of your own with -D" + PROPERTY + "=DIR");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(directory + ": other users may write to the cache directory ("
                    + PosixFilePermissions.toString(permissions) + "); chmod 700 it, or name another with -D" + PROPERTY
                    + "=DIR");
        }
    }

    private static UserPrincipal self() throws IOException {
        Path process = Path.of("/proc/self"); // also right for a user without a name
        return Files.exists(process)
                ? Files.getOwner(process)
                : FileSystems.getDefault()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name"));
    }
}
