package io.aeroframe.vision.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.util.Native;
import com.github.luben.zstd.util.ZstdVersion;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Zstandard's native library: unpacked once from the {@code com.github.luben:zstd-jni} jar into the {@link
 * NativeCache}, then loaded from there at every start. Left to itself it would be unpacked to the temporary directory
 * each time, and stay there after a SIGKILL.
 */
public final class Zstandard {

    /** zstd-jni's own property for naming a library; one that the user has set is left alone. */
    private static final String PATH_PROPERTY = "ZstdNativePath";

    private static boolean isLoaded;

    private Zstandard() {}

    /**
     * Loads the library. Any thread, any number of times; all but the first return at once.
     *
     * @throws IOException if there is no library for this platform, or it cannot be unpacked or loaded. Its message is
     *                     one line that names the platform, the path and the way out.
     */
    public static synchronized void require() throws IOException {
        if (isLoaded) {
            return;
        }
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        if (System.getProperty(PATH_PROPERTY) == null) {
            try {
                System.setProperty(
                        PATH_PROPERTY, unpack(platform, NativeCache.directory()).toString());
            } catch (IOException e) {
                throw new IOException("Zstandard for " + platform + " cannot be unpacked: " + e.getMessage(), e);
            }
        }
        try {
            Native.load();
        } catch (UnsatisfiedLinkError e) {
            throw new IOException(
                    "Zstandard for " + platform + " cannot be loaded from " + System.getProperty(PATH_PROPERTY) + ": "
                            + e.getMessage()
                            + "; if its file system is mounted noexec, name another directory with "
                            + "-Daeroframe.cache=DIR",
                    e);
        }
        isLoaded = true;
    }

    /** The folder of a platform's library inside the jar. */
    static String platform(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT).replace(' ', '_');
        if (os.startsWith("win")) {
            return "win/" + osArch;
        }
        if (os.startsWith("mac")) {
            return "darwin/" + (osArch.equals("amd64") ? "x86_64" : osArch);
        }
        return os + "/" + osArch;
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
        String extension = platform.startsWith("win") ? ".dll" : platform.startsWith("darwin") ? ".dylib" : ".so";
        String fileName = "libzstd-jni-" + ZstdVersion.VERSION + extension;
        String resource = "/" + platform + "/" + fileName;
        URL packed = Zstd.class.getResource(resource);
        if (packed == null) {
            throw new IOException("the zstd-jni jar on the class path has no " + resource
                    + "; use raw or JPEG frames on this platform");
        }
        Path library = cache.resolve("zstd-" + ZstdVersion.VERSION)
                .resolve(platform.replace('/', '-'))
                .resolve(fileName)
                .toAbsolutePath();
        UnpackedLibrary.require(packed, library);
        return library;
    }
}
