package io.aeroframe.vision;

import io.aeroframe.vision.internal.NativeCache;
import io.aeroframe.vision.internal.UnpackedLibrary;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;
import org.opencv.core.Core;
import org.opencv.core.CvException;

/**
 * OpenCV's native library: unpacked once from the {@code org.openpnp:opencv} jar into the {@link NativeCache}, then
 * loaded from there at every start.
 *
 * <p>OpenCV writes warnings to standard error by itself. They can be turned off only by the environment variable
 * {@code OPENCV_LOG_LEVEL=SILENT}, which it reads when it is loaded.
 */
public final class OpenCv {

    private static boolean isLoaded;

    private OpenCv() {}

    /**
     * Loads the library. Any thread, any number of times; all but the first return at once.
     *
     * @throws UnsatisfiedLinkError if there is no library for this platform, or it cannot be unpacked or loaded. Its
     *                              message is one line that names the platform, the path and the way out.
     */
    public static synchronized void load() {
        if (isLoaded) {
            return;
        }
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        Path library;
        try {
            library = unpack(platform, NativeCache.directory());
        } catch (IOException e) {
            throw linkError("OpenCV for " + platform + " cannot be unpacked: " + e.getMessage(), e);
        }
        try {
            System.load(library.toString());
        } catch (UnsatisfiedLinkError e) {
            throw linkError(
                    "OpenCV for " + platform + " cannot be loaded from " + library + ": " + e.getMessage()
                            + "; if its file system is mounted noexec, name another directory with "
                            + "-Daeroframe.cache=DIR",
                    e);
        }
        Core.setErrorVerbosity(Boolean.getBoolean("aeroframe.verbose"));
        isLoaded = true;
    }

    /**
     * Loads the library like {@link #load()}, for callers whose failures are IOExceptions.
     *
     * @throws IOException with the message of {@link #load()} if it cannot be loaded.
     */
    public static void require() throws IOException {
        try {
            load();
        } catch (UnsatisfiedLinkError e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * The folder of a platform's library inside the jar.
     *
     * @param osName the operating system's name as in the system property {@code os.name}.
     * @param osArch the processor architecture as in the system property {@code os.arch}.
     * @return for example {@code linux/x86_64}.
     * @throws UnsatisfiedLinkError if OpenCV is not packaged for it.
     */
    static String platform(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        boolean isX86 = arch.equals("amd64") || arch.equals("x86_64");
        boolean isArm = arch.equals("aarch64") || arch.equals("arm64");
        if (os.startsWith("linux") && (isX86 || isArm)) {
            return isX86 ? "linux/x86_64" : "linux/ARMv8";
        }
        if (os.startsWith("mac") && (isX86 || isArm)) {
            return isX86 ? "osx/x86_64" : "osx/ARMv8";
        }
        if (os.startsWith("windows") && isX86) {
            return "windows/x86_64";
        }
        throw new UnsatisfiedLinkError("OpenCV " + Core.VERSION + " is not packaged for " + osName + " on " + osArch
                + "; it is for Linux and macOS on x86-64 and ARM64, and for Windows on x86-64");
    }

    /**
     * Makes sure that a platform's library is in a directory, in full.
     *
     * @param platform the platform as {@link #platform(String, String)} returns it.
     * @param cache    an existing directory.
     * @return the library's absolute path.
     * @throws IOException if the jar has none or it cannot be written.
     */
    static Path unpack(String platform, Path cache) throws IOException {
        String fileName = fileName(platform);
        Path library = cache.resolve("opencv-" + Core.VERSION)
                .resolve(platform.replace('/', '-'))
                .resolve(fileName)
                .toAbsolutePath();
        String resource = "/nu/pattern/opencv/" + platform + "/" + fileName;
        URL url = Core.class.getResource(resource);
        if (url == null) {
            throw new IOException("the OpenCV jar on the class path has no " + resource
                    + "; build with -Dnative.platform= set to this platform, or use the full org.openpnp:opencv jar");
        }
        UnpackedLibrary.require(url, library);
        return library;
    }

    /**
     * What OpenCV says went wrong, without the place in its source code: one line for a message.
     *
     * @param e what OpenCV threw.
     * @return for example {@code (-215:Assertion failed) !image.empty()}.
     */
    public static String reason(CvException e) {
        String message = e.getMessage().strip().replaceAll("\\s+", " ");
        int start = message.indexOf("error: ");
        int end = message.lastIndexOf(" in function ");
        return message.substring(start < 0 ? 0 : start + "error: ".length(), end > start ? end : message.length());
    }

    private static String fileName(String platform) {
        if (platform.startsWith("windows")) {
            return Core.NATIVE_LIBRARY_NAME + ".dll";
        }
        return "lib" + Core.NATIVE_LIBRARY_NAME + (platform.startsWith("osx") ? ".dylib" : ".so");
    }

    private static UnsatisfiedLinkError linkError(String message, Throwable cause) {
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(message);
        error.initCause(cause);
        return error;
    }
}
