package io.aeroframe.apps.bridge.shm;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Pattern;
import org.agrona.IoUtil;

/**
 * A segment that is written to.
 *
 * <p>Before version 3.13, Python's resource tracker removes a segment's name when a process that merely attached to it
 * ends. A segment that is made here therefore has a second, hidden name, from which {@link #keepName()} restores the
 * first. It holds the process id: a segment of a process that was killed is recognized by it, and replaced.
 */
final class ShmSegment implements AutoCloseable {

    private static final String HIDDEN = ".aeroframe-shm-";

    private final Path file;
    private final Path hidden;
    private final MappedByteBuffer bytes;

    private ShmSegment(Path file, Path hidden, MappedByteBuffer bytes) {
        this.file = file;
        this.hidden = hidden;
        this.bytes = bytes;
    }

    /**
     * Makes a segment.
     *
     * @throws IOException if it exists, and no process that was killed left it.
     */
    static ShmSegment create(Path file, int length) throws IOException {
        removeIfLeft(file);
        Path hidden = hidden(file, ProcessHandle.current().pid());
        Files.deleteIfExists(hidden);
        try (FileChannel channel = FileChannel.open(
                hidden,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
            Files.createLink(file, hidden);
            return new ShmSegment(file, hidden, bytes);
        } catch (FileAlreadyExistsException ex) {
            Files.deleteIfExists(hidden);
            throw new IOException(
                    "shm:" + file.getFileName() + ": " + file + " exists: another program uses it, or was"
                            + " killed; add ?attach to write into it, or remove it with: rm " + file,
                    ex);
        }
    }

    /**
     * Opens a segment that another program made.
     *
     * @throws IOException if there is none, or it is smaller than a frame.
     */
    static ShmSegment attach(Path file, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() < length) {
                throw new IOException("shm:" + file.getFileName() + ": it has " + channel.size()
                        + " bytes, and a frame " + length + "; publish smaller frames, or make it larger");
            }
            return new ShmSegment(file, null, channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size()));
        } catch (NoSuchFileException ex) {
            throw new IOException(
                    "shm:" + file.getFileName() + ": there is no " + file
                            + " to attach to; start the program that makes it first, or leave out ?attach",
                    ex);
        }
    }

    private static Path hidden(Path file, long pid) {
        return file.resolveSibling(HIDDEN + pid + "-" + file.getFileName());
    }

    private static void removeIfLeft(Path file) throws IOException {
        try (DirectoryStream<Path> others =
                Files.newDirectoryStream(file.getParent(), name -> isHiddenName(name, file))) {
            for (Path other : others) {
                long pid = Long.parseLong(other.getFileName()
                        .toString()
                        .substring(HIDDEN.length())
                        .split("-", 2)[0]);
                if (ProcessHandle.of(pid).isEmpty()) {
                    if (isSame(file, other)) {
                        Files.deleteIfExists(file);
                    }
                    Files.deleteIfExists(other);
                }
            }
        }
    }

    private static boolean isHiddenName(Path name, Path file) {
        return name.getFileName()
                .toString()
                .matches(Pattern.quote(HIDDEN) + "\\d{1,18}-"
                        + Pattern.quote(file.getFileName().toString()));
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        try {
            return key(one).equals(key(other));
        } catch (NoSuchFileException ex) {
            return false;
        }
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** The memory, in its owner's byte order. */
    MappedByteBuffer bytes() {
        return bytes;
    }

    /** Restores the name if something removed it. */
    void keepName() throws IOException {
        if (hidden != null && !Files.exists(file)) {
            try {
                Files.createLink(file, hidden);
            } catch (FileAlreadyExistsException ex) {
                return; // another program made a segment of that name a moment ago
            }
        }
    }

    /** Removes the names of a segment that was made here. */
    @Override
    public void close() throws IOException {
        IoUtil.unmap(bytes);
        if (hidden != null) {
            try {
                if (isSame(file, hidden)) {
                    Files.deleteIfExists(file);
                }
            } finally {
                Files.deleteIfExists(hidden);
            }
        }
    }
}
