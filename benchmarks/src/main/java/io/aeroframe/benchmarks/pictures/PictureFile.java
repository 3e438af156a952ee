package io.aeroframe.benchmarks.pictures;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.source.PictureSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file in which the processes of a run find the picture that they send: BGR pixels without padding. */
public final class PictureFile {

    private static final String NAME = "picture.bgr";

    private PictureFile() {}

    /**
     * Writes the picture for the other processes of a run.
     *
     * @param directory the run's directory, without a picture so far
     * @param pixels    a direct buffer, from index 0 to its capacity
     * @throws IOException if the file exists or cannot be written
     */
    public static void write(Path directory, ByteBuffer pixels) throws IOException {
        write(directory.resolve(NAME), pixels, pixels.capacity());
    }

    /**
     * Writes bytes to a new file.
     *
     * @param bytes  the buffer; its position and limit are ignored and do not change
     * @param length the number of bytes to write, from index 0
     * @throws IOException if the file exists or cannot be written
     */
    public static void write(Path file, ByteBuffer bytes, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer content = bytes.duplicate().clear().limit(length);
            while (content.hasRemaining()) {
                channel.write(content);
            }
        }
    }

    /**
     * Reads the picture of a run.
     *
     * @return a direct buffer at position 0
     * @throws IOException if the file is missing or too short
     */
    public static ByteBuffer read(Path directory, PictureSize size) throws IOException {
        int length = FrameFormat.bgr24(size.width(), size.height()).maxPayloadLength();
        ByteBuffer pixels = ByteBuffer.allocateDirect(length);
        try (FileChannel file = FileChannel.open(directory.resolve(NAME), StandardOpenOption.READ)) {
            while (pixels.hasRemaining()) {
                if (file.read(pixels) < 0) {
                    throw new IOException(NAME + " has only " + pixels.position() + " of " + length + " bytes");
                }
            }
        }
        return pixels.flip();
    }
}
