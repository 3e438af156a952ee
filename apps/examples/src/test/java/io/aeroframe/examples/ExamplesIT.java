package io.aeroframe.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.vision.OpenCv;
import java.io.File;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.videoio.VideoWriter;
import org.opencv.videoio.Videoio;

/** Runs each example in a process of its own, with a driver of their own, and leaves nothing behind. */
class ExamplesIT {

    private static final long PATIENCE_S = 120;
    private static final int FRAMES = 60;

    private final List<Example> examples = new ArrayList<>();
    private Path root;
    private Path base;

    @BeforeEach
    void makeDirectories() throws IOException {
        Path memory = Path.of("/dev/shm");
        root = Files.isDirectory(memory) && Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "aeroframe-it-")
                : Files.createTempDirectory("aeroframe-it-");
        base = root.resolve("base");
    }

    @AfterEach
    void removeDirectories() throws Exception {
        for (Example example : examples) {
            example.process.destroyForcibly().waitFor();
        }
        List<Path> paths;
        try (Stream<Path> files = Files.walk(root)) {
            paths = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
        assertTrue(paths.stream().noneMatch(path -> path.startsWith(base) && !path.equals(base)), paths::toString);
    }

    @Test
    void aCameraIsSeenThroughOpenCv() throws Exception {
        Example subscriber = start(SubscribeOpenCv.class, "camera_A").awaitLine("waiting for camera_A"::equals);
        Example publisher = start(PublishCamera.class, film(), "camera_A");
        publisher.expectSuccess();
        subscriber.expectSuccess();
        assertEquals(FRAMES, publisher.number("PublicationLedger.*published=(\\d+)"));
        assertTrue(subscriber.number("SubscriptionLedger.*received=(\\d+)") > 0, subscriber::toString);
        assertEquals(200, subscriber.number("frame \\d+, blue (\\d+)"), 3);
    }

    @Test
    void aSlowDetectorSkipsFrames() throws Exception {
        Example detector = start(LatestDetector.class, "camera_A", "250").awaitLine("waiting for camera_A"::equals);
        start(PublishCamera.class, film(), "camera_A").expectSuccess();
        detector.expectSuccess();
        assertTrue(detector.number("SubscriptionLedger.*superseded=(\\d+)") > 0, detector::toString);
        assertTrue(detector.number("frame (\\d+), edge pixels \\d+") >= 0, detector::toString);
    }

    @Test
    void aRelayDropsNothingForASubscriber() throws Exception {
        Example subscriber = start(SubscribeOpenCv.class, "camera_B").awaitLine("waiting for camera_B"::equals);
        Example relay = start(LosslessRelay.class, "camera_A", "camera_B").awaitLine("waiting for camera_A"::equals);
        start(PublishCamera.class, film(), "camera_A").expectSuccess();
        relay.expectSuccess();
        subscriber.expectSuccess();
        long sent = relay.number("PublicationLedger.*sent=(\\d+)");
        assertTrue(sent > 0, relay::toString);
        assertEquals(0, relay.number("PublicationLedger.*droppedBackPressure=(\\d+)"));
        assertEquals(sent, subscriber.number("SubscriptionLedger.*received=(\\d+)"));
    }

    @Test
    void latencyIsMeasured() throws Exception {
        Example meter = start(MeasureLatency.class, "camera_A").awaitLine("waiting for camera_A"::equals);
        start(PublishCamera.class, film(), "camera_A").expectSuccess();
        meter.expectSuccess();
        assertTrue(meter.number("(\\d+) frames, p50 \\d+ us, p99 \\d+ us") > 0, meter::toString);
    }

    @Test
    void aGroupReceivesWhatIsSentOnce() throws Exception {
        String address = multicastAddress();
        assumeTrue(address != null, "no network interface can do multicast");
        Example first = start(MulticastSubscriber.class, address).awaitLine("waiting for lan_camera"::equals);
        Example second = start(MulticastSubscriber.class, address).awaitLine("waiting for lan_camera"::equals);
        Example publisher = start(MulticastPublisher.class, address, Integer.toString(FRAMES));
        publisher.expectSuccess();
        assertEquals(FRAMES, publisher.number("PublicationLedger.*published=(\\d+)"));
        for (Example subscriber : List.of(first, second)) {
            subscriber.expectSuccess();
            assertTrue(subscriber.number("SubscriptionLedger.*received=(\\d+)") > 0, subscriber::toString);
            assertEquals(FRAMES - 1, subscriber.number("frame (\\d+), grey " + (FRAMES - 1)));
        }
    }

    /** Two seconds of a plain picture, as a stand-in for a camera. */
    private String film() {
        OpenCv.load();
        String file = root.resolve("film.avi").toString();
        int mjpg = VideoWriter.fourcc('M', 'J', 'P', 'G');
        VideoWriter writer = new VideoWriter(file, Videoio.CAP_OPENCV_MJPEG, mjpg, 30, new Size(320, 240));
        Mat picture = new Mat(240, 320, CvType.CV_8UC3, new Scalar(200, 100, 50));
        for (int i = 0; i < FRAMES; i++) {
            writer.write(picture);
        }
        writer.release();
        picture.release();
        return file;
    }

    private static String multicastAddress() throws SocketException {
        for (NetworkInterface candidate : NetworkInterface.networkInterfaces().toList()) {
            if (candidate.isUp() && candidate.supportsMulticast() && !candidate.isLoopback()) {
                String address = candidate
                        .inetAddresses()
                        .filter(Inet4Address.class::isInstance)
                        .map(found -> found.getHostAddress())
                        .findFirst()
                        .orElse(null);
                if (address != null) {
                    return address;
                }
            }
        }
        return null;
    }

    private Example start(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        Path output = root.resolve(program.getSimpleName() + "-" + examples.size() + ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("AEROFRAME_DIR", base.toString());
        Example example = new Example(builder.start(), output);
        examples.add(example);
        return example;
    }

    /** A running example, and the file of what it prints. */
    private record Example(Process process, Path output) {

        Example awaitLine(Predicate<String> condition) throws IOException {
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
            while (lines().stream().noneMatch(condition)) {
                assertTrue(process.isAlive() && System.nanoTime() - deadlineNs < 0, this::toString);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            return this;
        }

        void expectSuccess() throws InterruptedException {
            assertTrue(process.waitFor(PATIENCE_S, TimeUnit.SECONDS), this::toString);
            assertEquals(0, process.exitValue(), this::toString);
        }

        /** The number in the last line that matches. */
        long number(String expression) throws IOException {
            long number = -1;
            Pattern pattern = Pattern.compile(expression);
            for (String line : lines()) {
                Matcher matcher = pattern.matcher(line);
                if (matcher.lookingAt()) {
                    number = Long.parseLong(matcher.group(1));
                }
            }
            assertTrue(number >= 0, () -> "'" + expression + "' in " + this);
            return number;
        }

        private List<String> lines() throws IOException {
            return Files.readAllLines(output);
        }

        @Override
        public String toString() {
            try {
                return String.join("\n", lines());
            } catch (IOException ex) {
                return ex.toString();
            }
        }
    }
}
