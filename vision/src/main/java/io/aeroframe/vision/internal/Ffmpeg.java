package io.aeroframe.vision.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/**
 * FFmpeg's native libraries: loaded once, from {@link NativeCache}, and silent unless the system property
 * {@value #VERBOSE_PROPERTY} is {@code true}. Any thread.
 *
 * <p>For the sources and sinks of this module, which must call {@link #load()} before they touch any
 * {@code org.bytedeco} class.
 */
public final class Ffmpeg {

    /** The system property that lets FFmpeg's own messages through to standard error. */
    public static final String VERBOSE_PROPERTY = "aeroframe.verbose";

    private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";
    private static final String PHYSICAL_LIMIT_PROPERTY = "org.bytedeco.javacpp.maxPhysicalBytes";
    private static final int ERROR_TEXT_LENGTH = 256;

    private static boolean isLoaded;

    private Ffmpeg() {}

    /**
     * Loads the libraries. Does nothing after the first time.
     *
     * @throws IllegalStateException if there are none for this platform, or they cannot be unpacked or loaded.
     */
    public static synchronized void load() {
        if (isLoaded) {
            return;
        }
        try {
            prepare();
        } catch (IOException e) {
            throw new IllegalStateException("FFmpeg cannot be loaded: " + e.getMessage(), e);
        }
        try {
            Loader.load(avutil.class);
            Loader.load(avcodec.class);
            Loader.load(avformat.class);
            Loader.load(swscale.class);
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalStateException(
                    "FFmpeg cannot be loaded on " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                            + ": " + firstLine(e) + "; check that " + System.getProperty(CACHE_PROPERTY)
                            + " can be written, or choose another directory with -Daeroframe.cache=DIR",
                    e);
        }
        FfmpegLog.install(Boolean.getBoolean(VERBOSE_PROPERTY));
        avformat.avformat_network_init();
        isLoaded = true;
    }

    /** Says to JavaCPP where it unpacks its libraries. Before any of its classes is used. */
    static void prepare() throws IOException {
        setUnlessSet(CACHE_PROPERTY, NativeCache.directory().resolve("ffmpeg").toString());
        // JavaCPP refuses to allocate once the process is larger than its idea of the heap. Shared-memory frames count
        // as the process's size, so that the guard would strike at random; what is allocated here is small and freed.
        setUnlessSet(PHYSICAL_LIMIT_PROPERTY, "0");
    }

    /**
     * What FFmpeg says of one of its error numbers: {@code Invalid data found when processing input}.
     *
     * @param code a negative {@code AVERROR}.
     * @return one line without a full stop.
     */
    public static String errorText(int code) {
        byte[] text = new byte[ERROR_TEXT_LENGTH];
        avutil.av_strerror(code, text, text.length);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("unknown reason");
    }
}
