package io.aeroframe.vision.source;

import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.jpeg.JpegHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * One picture file after the other in one reused buffer: read, checked, decoded. One thread.
 *
 * <p>The files are decoded from memory, so that what is checked is what is decoded.
 */
final class PictureFile {

    private static final int INITIAL_CAPACITY = 1 << 20;
    private static final int WEBP_FLAGS = 20;
    private static final int WEBP_ANIMATION = 2;

    private ByteBuffer bytes = ByteBuffer.allocateDirect(INITIAL_CAPACITY);
    private int length;
    private Path path;
    private JpegHeader jpegHeader;
    private Orientation orientation;

    /**
     * Reads a file and checks what can be checked without decoding it.
     *
     * @throws IOException if it cannot be read, is empty, or is a corrupt JPEG or PNG file.
     */
    void read(Path file) throws IOException {
        path = file;
        jpegHeader = null;
        orientation = Orientation.UPRIGHT;
        try {
            readBytes();
        } catch (IOException e) {
            throw new IOException(path + ": " + reason(e), e);
        }
        try {
            if (length >= 2 && (bytes.getShort(0) & 0xFFFF) == 0xFFD8) {
                length = JpegHeader.imageLength(bytes, 0, length);
                jpegHeader = JpegHeader.parse(bytes, length);
                orientation = ExifOrientation.ofJpeg(bytes, length);
            } else if (isAnimatedWebp()) {
                throw new IOException("an animated WebP, of which only one picture could be read");
            } else if (PngChunks.isPng(bytes, length)) {
                length = PngChunks.compact(bytes, length);
                orientation = ExifOrientation.ofPng(bytes, length);
            } else if (ExifOrientation.isWebp(bytes, length)) {
                orientation = ExifOrientation.ofWebp(bytes, length);
            }
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage() + "; repair, replace or remove it", e);
        }
    }

    /** The header if the file is a JPEG image, else null. */
    JpegHeader jpegHeader() {
        return jpegHeader;
    }

    /** How the stored pixels are turned before they are shown; of TIFF the decoder does that. */
    Orientation orientation() {
        return orientation;
    }

    /** The image from index 0 to {@link #length()}; of JPEG without what the file has behind it. */
    ByteBuffer bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /**
     * Decodes the file that was read last.
     *
     * @param flags the flags of {@link Imgcodecs#imread(String, int)}.
     * @return upright; a Mat of the caller's to release, never empty.
     * @throws IOException if OpenCV cannot.
     */
    Mat decode(int flags) throws IOException {
        Mat image = new Mat(1, length, CvType.CV_8UC1, bytes);
        Mat decoded;
        try {
            decoded = Imgcodecs.imdecode(image, flags | Imgcodecs.IMREAD_IGNORE_ORIENTATION);
        } catch (CvException e) {
            throw new IOException(path + ": OpenCV refuses it: " + OpenCv.reason(e), e);
        } finally {
            image.release();
        }
        if (decoded.empty()) {
            throw new IOException(path
                    + ": not a picture that OpenCV can decode; it is corrupt, or none of JPEG, PNG, BMP, "
                    + "TIFF, WebP, PNM"
                    + " and the like");
        }
        return orientation == Orientation.UPRIGHT ? decoded : turned(decoded);
    }

    private Mat turned(Mat stored) {
        Mat upright = new Mat();
        orientation.apply(stored, upright);
        stored.release();
        return upright;
    }

    /** By the flag in the header of the extended format. */
    private boolean isAnimatedWebp() {
        return length > WEBP_FLAGS
                && ascii(0, "RIFF")
                && ascii(8, "WEBPVP8X")
                && (bytes.get(WEBP_FLAGS) & WEBP_ANIMATION) != 0;
    }

    private boolean ascii(int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes.get(at + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void readBytes() throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException("is a directory, not a picture");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException("not a regular file"); // opening a named pipe would wait for its writer
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == 0) {
                throw new IOException("the file is empty");
            }
            if (size > Integer.MAX_VALUE - 8) {
                throw new IOException("a file of " + size + " bytes is over the limit of 2 GiB for a picture");
            }
            if (size > bytes.capacity()) {
                bytes = ByteBuffer.allocateDirect((int) Math.min(Integer.MAX_VALUE - 8, size + size / 4));
            }
            bytes.clear().limit((int) size);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new IOException("the file was made shorter while it was being read");
                }
            }
            length = (int) size;
            bytes.clear();
        }
    }

    /** Why a file could not be read, for a message that names the file already. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied; it must be readable by " + System.getProperty("user.name");
        }
        return e.getMessage();
    }
}
