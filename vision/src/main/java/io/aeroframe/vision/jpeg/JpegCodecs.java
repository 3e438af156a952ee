package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.OpenCv;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Chooses the JPEG codec, once for a process: TurboJPEG if this machine has the library, else OpenCV's. The system
 * property {@value #PROPERTY}, {@code turbo} or {@code opencv}, forces one. Any thread.
 */
public final class JpegCodecs {

    /** Names the codec to use: {@code turbo} or {@code opencv}. */
    public static final String PROPERTY = "aeroframe.jpeg";

    /**
     * The most pixels of an image that is decoded; default {@value #DEFAULT_MAX_PIXELS}, four pictures of 7680x4320.
     */
    public static final String MAX_PIXELS_PROPERTY = "aeroframe.jpeg.maxPixels";

    /** Whether images that are decoded with a warning are refused: {@code true}, or {@code false} by default. */
    public static final String STRICT_PROPERTY = "aeroframe.jpeg.strict";

    private static final LongAdder WARNED = new LongAdder();

    private static final int DEFAULT_MAX_PIXELS = 1 << 27;

    /** What a buffer can hold of four bytes a pixel. */
    private static final int LARGEST_MAX_PIXELS = (Integer.MAX_VALUE - 8) / 4;

    private JpegCodecs() {}

    /** Made when it is first asked for, and the same from then on. */
    private static final class Choice {
        static final Choice MADE = new Choice(System.getProperty(PROPERTY));

        final boolean isTurbo;
        final String failure;

        Choice(String forced) {
            String wanted = forced == null ? "" : forced.strip();
            switch (wanted) {
                case "" -> {
                    isTurbo = TurboJpeg.unavailable() == null;
                    failure = null;
                }
                case "turbo" -> {
                    isTurbo = true;
                    failure = TurboJpeg.unavailable() == null
                            ? null
                            : "-D" + PROPERTY + "=turbo: TurboJPEG cannot be loaded (" + TurboJpeg.unavailable() + "); "
                                    + TurboJpeg.remedy() + ", or leave the property out";
                }
                case "opencv" -> {
                    isTurbo = false;
                    failure = null;
                }
                default -> {
                    isTurbo = false;
                    failure = "-D" + PROPERTY + "=" + wanted + ": give turbo or opencv";
                }
            }
        }
    }

    /** The limit, read once. */
    private static final class Limit {
        static final int MAX_PIXELS = Integer.getInteger(MAX_PIXELS_PROPERTY, DEFAULT_MAX_PIXELS);
    }

    /**
     * Opens the codec of this process. The codec itself is for one thread.
     *
     * @return a codec to be closed.
     * @throws IOException if the codec that is asked for cannot be loaded; the message names the way out.
     */
    public static JpegCodec open() throws IOException {
        if (Choice.MADE.failure != null) {
            throw new IOException(Choice.MADE.failure);
        }
        if (Choice.MADE.isTurbo) {
            return new TurboJpegCodec();
        }
        OpenCv.require();
        return new OpenCvJpegCodec();
    }

    /**
     * Loads the codec's library in the background, so that the first JPEG frame does not wait for it. A failure shows
     * when the codec is opened.
     */
    public static void preload() {
        Thread loader = new Thread(
                () -> {
                    try {
                        open().close();
                    } catch (IOException ex) {
                        return; // as it will be thrown again
                    }
                },
                "aeroframe-jpeg");
        loader.setDaemon(true);
        loader.start();
    }

    /**
     * Which codec was chosen, and why, for a person.
     *
     * @return one line: {@code TurboJPEG (libturbojpeg.so.0)}.
     * @throws IOException if the codec that is asked for cannot be loaded.
     */
    public static String describe() throws IOException {
        if (Choice.MADE.failure != null) {
            throw new IOException(Choice.MADE.failure);
        }
        if (Choice.MADE.isTurbo) {
            return "TurboJPEG (" + TurboJpeg.library() + ")";
        }
        return System.getProperty(PROPERTY) != null
                ? "OpenCV (as asked by -D" + PROPERTY + ")"
                : "OpenCV, which is several times slower, as TurboJPEG cannot be loaded (" + TurboJpeg.unavailable()
                        + "); " + TurboJpeg.remedy();
    }

    /**
     * Whether {@link TurboJpegCodec} can be used on this machine.
     *
     * @return false if its library is missing or too old.
     */
    public static boolean hasTurbo() {
        return TurboJpeg.unavailable() == null;
    }

    /**
     * The most pixels of an image that is decoded: what a stranger may have memory set aside for.
     *
     * @return as the system property {@value #MAX_PIXELS_PROPERTY} says, at most what a buffer can hold.
     */
    public static int maxPixels() {
        return Math.max(1, Math.min(LARGEST_MAX_PIXELS, Limit.MAX_PIXELS));
    }

    /**
     * Requires that a JPEG frame may be decoded, before memory is set aside for its pixels.
     *
     * @param format the format of the frame.
     * @throws JpegFormatException if it has more than {@link #maxPixels()} pixels.
     */
    public static void requireDecodable(FrameFormat format) throws JpegFormatException {
        requireDecodable(format.width(), format.height());
    }

    /**
     * How many images were decoded though they are damaged: they have bytes too many or wrong codes, as those of some
     * cameras have, and decoders make a picture of them.
     *
     * @return images since the process began, by all codecs.
     */
    public static long decodedWithWarnings() {
        return WARNED.sum();
    }

    /** Counts an image that was decoded with a warning; throws if such images are refused. */
    static void warned(String warning) throws JpegFormatException {
        if (Boolean.getBoolean(STRICT_PROPERTY)) {
            throw new JpegFormatException("damaged JPEG image: " + warning);
        }
        WARNED.increment();
    }

    static void requireDecodable(int width, int height) throws JpegFormatException {
        if ((long) width * height > maxPixels()) {
            throw new JpegFormatException(
                    "a JPEG image of " + width + "x" + height + " has more pixels than the limit of " + maxPixels()
                            + "; allow more with -D" + MAX_PIXELS_PROPERTY + "=N");
        }
    }
}
