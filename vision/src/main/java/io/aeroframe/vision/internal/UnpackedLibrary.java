package io.aeroframe.vision.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * A native library of a jar as a file that every later start finds again.
 *
 * <p>Several processes may start at once: each unpacks under a name of its own and moves the result into place
 * atomically.
 */
public final class UnpackedLibrary {

    private static final long ABANDONED_AFTER_SECONDS = 600;

    private UnpackedLibrary() {}

    /**
     * Makes sure that a library is in a directory, in full.
     *
     * @param packed   the library in its jar.
     * @param library  where it is to be, an absolute path; its directory is made if there is none. The path shows
     *                 versions and platforms apart.
     * @throws IOException if it cannot be read or written.
     */
    public static void require(URL packed, Path library) throws IOException {
        URLConnection connection = packed.openConnection();
        connection.setUseCaches(false); // else the jar stays open
        try (InputStream bytes = connection.getInputStream()) {
            long length = connection.getContentLengthLong();
            if (!isComplete(library, length)) {
                Files.createDirectories(library.getParent());
                sweepAbandoned(library.getParent());
                write(bytes, length, library);
            }
        }
    }

    private static boolean isComplete(Path library, long length) throws IOException {
        return Files.isRegularFile(library) && Files.size(library) == length;
    }

    private static void write(InputStream packed, long length, Path library) throws IOException {
        Path partial = Files.createTempFile(library.getParent(), library.getFileName() + ".", ".tmp");
        try {
            long written;
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                written = packed.transferTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            if (length >= 0 && written != length) {
                throw new IOException(
                        library + ": " + written + " of " + length + " bytes were written; is the disk full?");
            }
            moveIntoPlace(partial, library, written);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static void moveIntoPlace(Path partial, Path library, long length) throws IOException {
        try {
            Files.move(partial, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (FileAlreadyExistsException | AccessDeniedException e) {
            // Windows lets nobody replace a library that is in use: another process was faster, which is as good.
            if (!isComplete(library, length)) {
                throw e;
            }
        }
    }

    private static void sweepAbandoned(Path directory) throws IOException {
        Instant limit = Instant.now().minusSeconds(ABANDONED_AFTER_SECONDS);
        try (DirectoryStream<Path> partials = Files.newDirectoryStream(directory, "*.tmp")) {
            for (Path partial : partials) {
                if (Files.getLastModifiedTime(partial).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(partial);
                }
            }
        }
    }
}
