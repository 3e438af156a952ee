package io.aeroframe.vision;

import io.aeroframe.vision.internal.NativeCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where native libraries are unpacked to. */
public final class NativeLibraries {

    private static final String JNA_DIRECTORY = "jna.tmpdir";

    private NativeLibraries() {}

    /**
     * Has JNA, which calls TurboJPEG and the system, unpack its library where those of OpenCV and FFmpeg go, unless the
     * system property {@code jna.tmpdir} names another directory. Without such a place this does nothing: JNA is then
     * left to its own, and what depends on it does without. For programs, before they use anything else of Aeroframe;
     * any thread.
     */
    public static void prepare() {
        if (System.getProperty(JNA_DIRECTORY) != null) {
            return;
        }
        try {
            Path cache = NativeCache.directory();
            if (Files.isWritable(cache)) {
                System.setProperty(JNA_DIRECTORY, cache.resolve("jna").toString());
            }
        } catch (IOException ex) {
            return; // thrown again where a library is needed that nothing can replace
        }
    }
}
