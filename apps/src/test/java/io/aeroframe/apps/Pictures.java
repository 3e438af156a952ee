package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.vision.OpenCv;
import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** Films and pictures for the tests, and what their bytes should be by somebody else's account. */
final class Pictures {

    static {
        OpenCv.load();
    }

    private Pictures() {}

    /** A film made by FFmpeg's program. */
    static Path film(Path file, String size, int frames, String... codec) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "ffmpeg",
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=" + size + ":rate=30",
                "-frames:v",
                Integer.toString(frames)));
        command.addAll(List.of(codec));
        command.add(file.toString());
        run(command, file);
        return file;
    }

    /** The MD5 of each frame, by FFmpeg's program. */
    static List<String> frameMd5(Path film) throws IOException, InterruptedException {
        String text = run(List.of("ffmpeg", "-v", "error", "-i", film.toString(), "-f", "framemd5", "-"), film);
        return text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                .toList();
    }

    /** Runs a program whose output goes to a file beside another, in a directory that the test deletes. */
    private static String run(List<String> command, Path beside) throws IOException, InterruptedException {
        assumeTrue(isInstalled(command.get(0)), command.get(0) + " is not installed");
        Path output = beside.resolveSibling(beside.getFileName() + ".output");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                assertTrue(process.waitFor(Await.PATIENCE_S, TimeUnit.SECONDS), () -> command + " does not end");
                assertEquals(0, process.exitValue(), command::toString);
            } finally {
                process.destroyForcibly();
            }
            return Files.readString(output);
        } finally {
            Files.delete(output);
        }
    }

    static boolean isInstalled(String program) {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    /** Smooth shapes with some grain: a picture more like a photograph than a chart. */
    static Mat photograph(int width, int height, int seed) {
        Core.setRNGSeed(seed);
        Mat coarse = new Mat(height / 40, width / 40, CvType.CV_8UC3);
        Core.randu(coarse, 0, 256);
        Mat picture = new Mat();
        Imgproc.resize(coarse, picture, new Size(width, height), 0, 0, Imgproc.INTER_CUBIC);
        Mat grain = new Mat(height, width, CvType.CV_8UC3);
        Core.randu(grain, 0, 8);
        Core.add(picture, grain, picture);
        return picture;
    }

    static Path write(Path file, Mat picture) {
        assertTrue(Imgcodecs.imwrite(file.toString(), picture), file::toString);
        return file;
    }

    /** The MD5 of a picture's pixels as OpenCV reads them. */
    static String pixelMd5(Path file) {
        return md5(bytes(Imgcodecs.imread(file.toString())));
    }

    static String md5(Mat picture) {
        return md5(bytes(picture));
    }

    private static byte[] bytes(Mat picture) {
        byte[] bytes = new byte[Math.toIntExact(picture.total() * picture.elemSize())];
        picture.get(0, 0, bytes);
        return bytes;
    }

    static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("every Java has MD5", ex);
        }
    }

    /** A port that nobody uses at this moment. */
    static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static String freeChannel() throws IOException {
        return "udp:127.0.0.1:" + freePort();
    }
}
