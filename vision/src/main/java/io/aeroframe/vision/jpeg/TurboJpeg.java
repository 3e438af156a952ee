package io.aeroframe.vision.jpeg;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * libjpeg-turbo's own interface, {@code turbojpeg.h} of version 2.0 and later, called without allocation through JNA's
 * direct mapping: every pointer is an address in a long. Any thread; a handle is for one at a time.
 */
final class TurboJpeg {

    static final int RGB = 0;
    static final int BGR = 1;
    static final int GRAY = 6;
    static final int BGRA = 8;

    static final int SAMPLING_444 = 0;
    static final int SAMPLING_422 = 1;
    static final int SAMPLING_420 = 2;
    static final int SAMPLING_GRAY = 3;

    static final int COLORSPACE_YCBCR = 1;

    /**
     * The buffer for the image is the caller's. How large it is the library does not ask: it takes it to be tjBufSize
     * bytes.
     */
    static final int NO_REALLOC = 1024;

    static final int ACCURATE_DCT = 4096;

    /** A progressive image may have scans without end, of which each takes the time of a whole picture. */
    static final int LIMIT_SCANS = 32768;

    private static String library;
    private static final String UNAVAILABLE = register();

    private TurboJpeg() {}

    private static String register() {
        if (!Platform.is64Bit()) {
            return "TurboJPEG is called in 64-bit JVMs only";
        }
        if (!hasJna()) {
            return "JNA's own library cannot be unpacked or loaded";
        }
        String firstFailure = null;
        for (String name : names()) {
            try {
                Native.register(TurboJpeg.class, NativeLibrary.getInstance(name));
                library = name;
                return null;
            } catch (UnsatisfiedLinkError ex) {
                firstFailure = firstFailure == null ? oneLine(ex) : firstFailure;
            }
        }
        return firstFailure;
    }

    private static boolean hasJna() {
        try {
            return Native.POINTER_SIZE > 0;
        } catch (LinkageError ex) { // of another kind at each further try
            return false;
        }
    }

    private static String oneLine(UnsatisfiedLinkError ex) {
        String line = String.valueOf(ex.getMessage()).lines().findFirst().orElse("no reason given");
        return line.endsWith(":") ? line.substring(0, line.length() - 1) : line; // the places looked at would follow
    }

    /**
     * What the library is called, in the order of trying. The number is the interface's version: the name without is
     * only there for developers.
     */
    private static List<String> names() {
        if (Platform.isWindows()) {
            return List.of("turbojpeg", "libturbojpeg", "C:\\libjpeg-turbo64\\bin\\turbojpeg.dll");
        }
        if (Platform.isMac()) {
            return List.of(
                    "turbojpeg",
                    "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib",
                    "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.dylib",
                    "/opt/libjpeg-turbo/lib/libturbojpeg.dylib");
        }
        return List.of("libturbojpeg.so.0", "turbojpeg", "/opt/libjpeg-turbo/lib64/libturbojpeg.so.0");
    }

    /** Why it cannot be called here, in one line; null if it can. */
    static String unavailable() {
        return UNAVAILABLE;
    }

    /** What it was found as. */
    static String library() {
        return library;
    }

    /** What to install, for a message. */
    static String remedy() {
        if (!hasJna()) {
            return "name a directory that it can be unpacked to and run from with -Djna.tmpdir=DIR";
        }
        if (Platform.isWindows()) {
            return "install libjpeg-turbo for Visual C++ from libjpeg-turbo.org, with its bin directory on the PATH";
        }
        if (Platform.isMac()) {
            return "brew install jpeg-turbo";
        }
        return "install libturbojpeg (Debian: libturbojpeg0, Ubuntu: libturbojpeg, Fedora: turbojpeg)";
    }

    /** Bytes that an image may at most take, as the library reckons. */
    static long maxLength(int width, int height, int sampling) {
        long length = tjBufSize(width, height, sampling);
        return Native.LONG_SIZE == 4 ? length & 0xFFFF_FFFFL : length;
    }

    /** What went wrong with the last call, in the library's words. */
    static String errorText(long handle) {
        long text = tjGetErrorStr2(handle);
        return text == 0 ? "no reason given" : new Pointer(text).getString(0, StandardCharsets.US_ASCII.name());
    }

    static native long tjInitCompress();

    static native long tjInitDecompress();

    static native int tjDestroy(long handle);

    private static native long tjBufSize(int width, int height, int sampling);

    private static native long tjGetErrorStr2(long handle);

    /** The last two addresses are those of the image's address and of its length, an unsigned long. */
    static native int tjCompress2(
            long handle,
            long pixels,
            int width,
            int stride,
            int height,
            int pixelFormat,
            long image,
            long length,
            int sampling,
            int quality,
            int flags);

    static native int tjCompressFromYUVPlanes(
            long handle,
            long planes,
            int width,
            long strides,
            int height,
            int sampling,
            long image,
            long length,
            int quality,
            int flags);

    static native int tjDecompressHeader3(
            long handle, long image, long length, long width, long height, long sampling, long colorspace);

    static native int tjDecompress2(
            long handle,
            long image,
            long length,
            long pixels,
            int width,
            int stride,
            int height,
            int pixelFormat,
            int flags);

    static native int tjDecompressToYUVPlanes(
            long handle, long image, long length, long planes, int width, long strides, int height, int flags);

    static native int tjEncodeYUVPlanes(
            long handle,
            long pixels,
            int width,
            int stride,
            int height,
            int pixelFormat,
            long planes,
            long strides,
            int sampling,
            int flags);
}
