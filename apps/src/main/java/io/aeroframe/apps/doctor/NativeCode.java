package io.aeroframe.apps.doctor;

import io.aeroframe.transport.WaitIdleStrategy;
import io.aeroframe.vision.NativeLibraries;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.sink.VideoSink;
import io.aeroframe.vision.sink.WindowSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Libraries that are not Java, and what they need. */
final class NativeCode {

    private static final List<String> ENCODERS = List.of("h264", "mpeg4", "mjpeg", "ffv1", "vp8", "vp9", "av1");

    private final Path temporaryDirectory;

    NativeCode(Path temporaryDirectory) {
        this.temporaryDirectory = temporaryDirectory;
    }

    /** Libraries are unpacked into a cache, and where that cannot be used, here. */
    Finding temporaryDirectory() throws IOException {
        Path probe;
        try {
            probe = Files.createTempFile(
                    temporaryDirectory,
                    "aeroframe-probe",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException ex) {
            return Finding.broken(
                    "temporary directory",
                    temporaryDirectory + ": no file can be made (" + ex + ")",
                    "export AEROFRAME_OPTS=-Djava.io.tmpdir=DIR");
        }
        try {
            return Files.isExecutable(probe) // access(2) knows the options that a file system is mounted with
                    ? Finding.ok("temporary directory", temporaryDirectory + ": libraries can be loaded from it")
                    : Finding.hint(
                            "temporary directory",
                            temporaryDirectory + ": mounted noexec, so that no library can be loaded from it",
                            "export AEROFRAME_OPTS=-Djava.io.tmpdir=DIR");
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    Finding waiting() {
        NativeLibraries.prepare();
        String reason = WaitIdleStrategy.unavailable();
        return reason == null
                ? Finding.ok("waiting", "threads sleep until a frame arrives")
                : Finding.hint(
                        "waiting",
                        "threads take short naps instead of sleeping until a frame arrives, because " + reason,
                        "export AEROFRAME_OPTS=-Djna.tmpdir=DIR");
    }

    Finding waitingForSeveral() {
        NativeLibraries.prepare();
        return WaitIdleStrategy.unavailable() != null || WaitIdleStrategy.canWaitForSeveral()
                ? Finding.ok("waiting for several", "one thread can sleep on several streams")
                : Finding.hint(
                        "waiting for several",
                        "one thread can sleep on one stream only, and looks at others now and then: Linux "
                                + System.getProperty("os.version") + " has no futex_waitv",
                        "use Linux 5.16 or later, or a thread for each stream");
    }

    Finding jpeg() throws IOException {
        NativeLibraries.prepare();
        return JpegCodecs.hasTurbo()
                ? Finding.ok("JPEG", "by " + JpegCodecs.describe())
                : Finding.hint("JPEG", "by " + JpegCodecs.describe(), "apt-get install libturbojpeg0");
    }

    Finding video() {
        NativeLibraries.prepare();
        List<String> missing =
                ENCODERS.stream().filter(name -> !VideoSink.canEncode(name)).toList();
        return missing.isEmpty()
                ? Finding.ok("video", "encoders for " + String.join(", ", ENCODERS))
                : Finding.hint(
                        "video",
                        "no encoder for " + String.join(", ", missing),
                        "choose another with --codec, such as --codec mpeg4");
    }

    Finding display() {
        return WindowSink.isAvailable()
                ? Finding.ok("display", "windows can be shown on " + System.getenv("DISPLAY"))
                : Finding.ok("display", "none: windows cannot be shown, pictures and video files can be written");
    }
}
