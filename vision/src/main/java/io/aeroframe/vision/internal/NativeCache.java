package io.aeroframe.vision.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Locale;
import java.util.Set;

/**
 * Where native libraries are unpacked to, once, for every later start.
 *
 * <p>{@code $XDG_CACHE_HOME/aeroframe}, by default {@code ~/.cache/aeroframe}; on Windows {@code
 * %LOCALAPPDATA%\aeroframe}; on macOS {@code ~/Library/Caches/aeroframe}; the system property {@value #PROPERTY}
 * overrides them all.
 */
public final class NativeCache {

    private static final String PROPERTY = "aeroframe.cache";

    private NativeCache() {}

    /**
     * The cache directory. It is made if there is none, for its owner only where the file system knows permissions.
     *
     * @return an absolute path to a directory that no other user may write to, since code is loaded from it.
     * @throws IOException if it cannot be made, or if it belongs to or may be written by another user.
     */
    public static Path directory() throws IOException {
        Path directory = location().toAbsolutePath();
        boolean hasPermissions =
                directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            if (hasPermissions) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
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
        }
        return directory;
    }

    private static Path location() {
        String override = System.getProperty(PROPERTY);
        if (override != null && !override.isBlank()) {
            return Path.of(override);
        }
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
            return Path.of(System.getProperty("java.io.tmpdir"), "aeroframe-cache-" + System.getProperty("user.name"));
        }
        return system.startsWith("mac")
                ? Path.of(home, "Library", "Caches", "aeroframe")
                : Path.of(home, ".cache", "aeroframe");
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
