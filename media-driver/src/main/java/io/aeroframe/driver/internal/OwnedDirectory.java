package io.aeroframe.driver.internal;

import io.aeroframe.driver.FrameDriverException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Opens and removes directories that belong to this user and that no other user can enter.
 *
 * <p>An existing directory is used as it is if it meets these conditions, including one that is a mount point or that a
 * service manager provided. Removing it may fail; it is then left empty. Thread-safe; file operations run on a {@link
 * FileThread}.
 */
public final class OwnedDirectory {

    /** Aeron's directory inside a base directory. */
    public static final String AERON = "aeron";

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private OwnedDirectory() {}

    /**
     * Opens a directory, and creates it for its owner alone if it does not exist.
     *
     * @param path the directory; its parent must exist.
     * @return its absolute, normalized path.
     * @throws FrameDriverException if it is a link or not a directory, belongs to another user, or lets other users in.
     */
    public static Path open(Path path) {
        return open(path, true);
    }

    /**
     * Opens a directory if it exists.
     *
     * @param path the directory.
     * @return its absolute, normalized path, or null if it does not exist.
     * @throws FrameDriverException as {@link #open(Path)}.
     */
    public static Path openExisting(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? open(path, false) : null;
    }

    private static Path open(Path path, boolean mayCreate) {
        Path absolute = path.toAbsolutePath().normalize();
        return FileThread.call(() -> {
            while (true) {
                try {
                    if (mayCreate) {
                        create(absolute);
                    }
                    check(absolute);
                    return absolute;
                } catch (NoSuchFileException ex) {
                    // Its last user may have removed it between the two calls.
                    if (!mayCreate) {
                        return null;
                    }
                    if (!Files.isDirectory(absolute.getParent())) {
                        throw unusable(absolute, ex);
                    }
                } catch (IOException ex) {
                    throw unusable(absolute, ex);
                }
            }
        });
    }

    private static FrameDriverException unusable(Path directory, IOException ex) {
        return new FrameDriverException(
                FrameDriverException.Reason.DIRECTORY,
                directory + ": the base directory cannot be used: " + reason(ex)
                        + "; choose another with the environment variable AEROFRAME_DIR",
                ex);
    }

    /**
     * Removes a directory if it is empty and can be removed. A directory that must stay is left: a mount point, or one
     * whose parent cannot be written. The next process uses it as it is.
     *
     * @param directory the directory; may be missing.
     * @throws FrameDriverException if the file system fails.
     */
    public static void removeIfEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (FileSystemException ex) {
            return; // in use by others, or it must stay
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.DIRECTORY, directory + ": cannot be removed: " + reason(ex), ex);
        }
    }

    /** The parent matters only if the directory must be created: it need not let this user write otherwise. */
    private static void create(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            if (isPosix(directory)) {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException ex) {
            return; // check() validates what is there
        }
    }

    /**
     * Validates one reading of the attributes: a directory that others remove meanwhile is missing, and not something
     * else.
     */
    private static void check(Path directory) throws IOException {
        Class<? extends BasicFileAttributes> kind =
                isPosix(directory) ? PosixFileAttributes.class : BasicFileAttributes.class;
        BasicFileAttributes attributes = Files.readAttributes(directory, kind, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            throw new IOException("it is a link");
        }
        if (!attributes.isDirectory()) {
            throw new IOException("it is not a directory");
        }
        if (attributes instanceof PosixFileAttributes posix) {
            if (!posix.owner().equals(ownIdentity(directory))) {
                throw new IOException("it belongs to the user " + posix.owner().getName());
            }
            Set<PosixFilePermission> open = new HashSet<>(posix.permissions());
            open.removeAll(OWNER_ONLY);
            if (!open.isEmpty() && isOfADriverAlone(directory)) {
                Files.setPosixFilePermissions(directory, OWNER_ONLY);
            } else if (!open.isEmpty()) {
                throw new IOException("other users may enter it (" + PosixFilePermissions.toString(posix.permissions())
                        + "): chmod 700 " + directory);
            }
        }
    }

    /**
     * Whether a directory was made by a media driver that was starting when the one before was removed: Aeron creates
     * the parents of its directory too, with the mode that is usual for the user. Nothing else is in such a one.
     */
    private static boolean isOfADriverAlone(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList().equals(List.of(AERON));
        }
    }

    private static UserPrincipal ownIdentity(Path directory) throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self)
                ? Files.getOwner(self)
                : directory
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name"));
    }

    private static boolean isPosix(Path directory) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /**
     * Describes why a file operation failed.
     *
     * @param ex the failure.
     * @return a few words, which name the file.
     */
    public static String reason(IOException ex) {
        if (ex instanceof NoSuchFileException) {
            return "no such directory: " + ex.getMessage();
        }
        if (ex instanceof AccessDeniedException) {
            return "permission denied: " + ex.getMessage();
        }
        return ex.getMessage();
    }
}
