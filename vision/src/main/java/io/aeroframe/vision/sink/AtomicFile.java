package io.aeroframe.vision.sink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files that are seen whole or not at all: written under a hidden name in the same directory, then moved into place in
 * one step. An older file of the name is replaced. One thread at a time.
 */
final class AtomicFile {

    private static final AtomicLong COUNT = new AtomicLong();

    // The process and a number keep two writers of one directory apart.
    private final String temporaryName =
            ".aeroframe-" + ProcessHandle.current().pid() + "-" + COUNT.getAndIncrement() + ".part";

    /**
     * Writes a file.
     *
     * @param target  the target in a directory that exists.
     * @param content the content from position to limit; the position is left at the limit.
     * @throws IOException if it cannot be written; nothing is left of it then.
     */
    void write(Path target, ByteBuffer content) throws IOException {
        Path temporary = target.resolveSibling(temporaryName);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                while (content.hasRemaining()) {
                    channel.write(content);
                }
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            IOException clear = new IOException(
                    target + " cannot be written: " + reasonOf(e) + "; make room or name another place", e);
            removeAfter(clear, temporary);
            throw clear;
        }
    }

    /**
     * Finds out whether files can be written into a directory, by writing one.
     *
     * @param directory that should exist.
     * @throws IOException if not; the message names the directory, the reason and the way out.
     */
    void checkDirectory(Path directory) throws IOException {
        Path temporary = directory.resolve(temporaryName);
        try {
            Files.write(temporary, new byte[0]);
            Files.delete(temporary);
        } catch (IOException e) {
            throw new IOException(
                    "pictures cannot be written into " + directory + ": " + reasonOf(e)
                            + "; name a directory that you may write to",
                    e);
        }
    }

    /**
     * Why a file operation failed, without the name of the file that Java's own message begins with.
     *
     * @param failure the failure as thrown.
     * @return a few words.
     */
    static String reasonOf(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "no such directory";
        }
        if (failure instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static void removeAfter(IOException failure, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
