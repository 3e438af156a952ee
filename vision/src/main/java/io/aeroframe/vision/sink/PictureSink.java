package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Writes pictures: a file a frame ({@code shots/%06d.png}, numbered by {@link Frame#sequence()}), or one file that each
 * frame replaces ({@code latest.png}). The extension says how: {@code .png .jpg .jpeg .bmp .tiff .tif .webp .ppm}.
 *
 * <p>Numbered files are never replaced: where there are some from before, or the publisher starts again at 0, the
 * numbers go on behind the highest one.
 *
 * <p>A reader never sees half a picture: each is written under a hidden name beside its own and then moved into place,
 * where it replaces an older one.
 *
 * <p>PNG, BMP, TIFF, WebP and PPM lose nothing of BGR24, RGB24 and GRAY8; PNG, TIFF and PPM keep the 16 bits of GRAY16,
 * of which the others get the high byte; PNG, TIFF and WebP keep the alpha of BGRA32. YUV is written as the BGR it
 * stands for, and frames whose pixels are not square are stretched. A JPEG frame of square pixels goes into a {@code
 * .jpg} as it is, and is decoded for the others; zstd frames are written as the raw ones they stand for. A frame that
 * cannot be decoded is skipped, counted and reported at most once a second.
 *
 * <p>All methods may be called from any thread, one at a time getting through.
 */
final class PictureSink implements FrameSink {

    private final PicturePattern pattern;
    private final PictureEncoder encoder;
    private final AtomicFile file = new AtomicFile();
    private final UndecodableFrames undecodableFrames;
    private final PictureNumbers numbers;
    // Written with the lock; read without it, by a polling thread that must not wait for a frame that is being taken.
    private volatile boolean open = true;
    private volatile int copies;

    private PictureSink(
            String place,
            PicturePattern pattern,
            PictureEncoder encoder,
            PictureNumbers numbers,
            Consumer<String> report) {
        this.pattern = pattern;
        this.encoder = encoder;
        this.numbers = numbers;
        this.undecodableFrames = new UndecodableFrames(place, report);
    }

    /**
     * Makes the sink, reporting skipped frames to standard error.
     *
     * @param pattern file name with one {@code %d} or {@code %0Nd} in it for the sequence, or with none; {@code %%} is
     *                a percent sign.
     * @return the sink.
     * @throws IOException              if the directory cannot be made or written to.
     * @throws IllegalArgumentException if the pattern is none, or its extension not known.
     */
    public static PictureSink open(String pattern) throws IOException {
        return open(pattern, System.err::println);
    }

    /**
     * Makes the sink.
     *
     * @param pattern file name with one {@code %d} or {@code %0Nd} in it for the sequence, or with none; {@code %%} is
     *                a percent sign.
     * @param report  takes a line about skipped frames, on the thread that brings frames.
     * @return the sink.
     * @throws IOException              if the directory cannot be made or written to.
     * @throws IllegalArgumentException if the pattern is none, or its extension not known.
     */
    public static PictureSink open(String pattern, Consumer<String> report) throws IOException {
        JpegCodecs.preload();
        PicturePattern parsed = PicturePattern.parse(pattern);
        Path directory = parsed.directory();
        createDirectories(directory);
        new AtomicFile().checkDirectory(directory);
        if (!parsed.isNumbered() && Files.isDirectory(parsed.pathFor(0))) {
            throw new IOException(pattern + " is a directory; write " + pattern + "/%06d"
                    + parsed.format().extension() + " for a file a frame in it");
        }
        PictureNumbers numbers = new PictureNumbers(pattern, parsed.highestNumber(), report);
        return new PictureSink(pattern, parsed, PictureEncoder.open(parsed.format()), numbers, report);
    }

    /**
     * Writes a frame. Does nothing once the sink is closed.
     *
     * @param frame borrowed for the call.
     * @throws IOException if the file cannot be written; nothing is left of it then.
     */
    @Override
    public synchronized void accept(Frame frame) throws IOException {
        if (!open) {
            return;
        }
        ByteBuffer picture;
        if (frame.format().encoding() == FrameEncoding.JPEG
                && frame.format().sampleAspect().isSquare()
                && pattern.format() == PictureFormat.JPEG) {
            picture = frame.payloadByteBuffer().duplicate();
            picture.limit(frame.payloadLength()).position(0);
            copies = 0;
        } else {
            try {
                picture = encoder.encode(frame);
                copies = encoder.copies();
            } catch (JpegFormatException | ZstdFormatException e) {
                undecodableFrames.skipped(frame, e);
                return;
            }
        }
        if (pattern.isNumbered()) {
            file.write(pattern.pathFor(numbers.next(frame.sequence(), frame.publishTimeNs())), picture);
        } else {
            file.write(pattern.pathFor(0), picture);
        }
    }

    /**
     * Frames that could not be decoded.
     *
     * @return how many so far.
     */
    public synchronized long skippedFrames() {
        return undecodableFrames.count();
    }

    /**
     * How often the bytes of the last frame were copied.
     *
     * @return 0 for a JPEG frame that goes into a file as it is, and for pixels that are encoded where they lie; more
     *     where the JPEG library or the conversion works in memory of its own.
     */
    @Override
    public int copies() {
        return copies;
    }

    /** True of one file that each frame replaces. */
    @Override
    public boolean keepsOnlyNewest() {
        return !pattern.isNumbered();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** Waits for a picture that is being written. Again does nothing. */
    @Override
    public synchronized void close() {
        open = false;
        encoder.close();
    }

    private static void createDirectories(Path directory) throws IOException {
        if (directory.toString().isEmpty()) {
            return;
        }
        for (Path part = directory; part != null; part = part.getParent()) {
            if (Files.exists(part)) {
                if (!Files.isDirectory(part)) {
                    throw new IOException(
                            "pictures cannot be written into " + directory + ": " + part + " is not a directory");
                }
                break;
            }
        }
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "pictures cannot be written into " + directory + ": " + e.getFile() + " is not a directory", e);
        } catch (IOException e) {
            throw new IOException(
                    "the directory " + directory + " cannot be made: " + AtomicFile.reasonOf(e)
                            + "; name one that you may write to",
                    e);
        }
    }
}
