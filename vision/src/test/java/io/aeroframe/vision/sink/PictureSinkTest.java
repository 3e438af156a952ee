package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

class PictureSinkTest {

    private static final int WIDTH = 50;
    private static final int HEIGHT = 34;

    @TempDir
    private Path directory;

    private final List<String> reports = new ArrayList<>();

    @Test
    void numbersTheFilesByTheFramesSequence() throws IOException {
        try (PictureSink sink = open("shots/deep/%06d.png")) {
            sink.accept(TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 17));
            sink.accept(TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 19));
        }

        assertEquals(List.of("000017.png", "000019.png"), namesIn(directory.resolve("shots/deep")));
    }

    @Test
    void replacesAFileWithoutANumberAndLeavesNothingBesideIt() throws IOException {
        try (PictureSink sink = open("latest.png")) {
            sink.accept(TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 0));
            sink.accept(TestPicture.chart(PixelFormat.GRAY8, 70, 20, 0, 1));
        }

        assertEquals(List.of("latest.png"), namesIn(directory));
        Mat picture = read("latest.png");
        assertEquals(70, picture.cols());
        assertEquals(20, picture.rows());
    }

    @Test
    void goesOnBehindThePicturesThatAreThereAndThoseOfThePublisherBefore() throws IOException {
        Path old = Files.writeString(directory.resolve("000004.ppm"), "precious");
        Files.writeString(directory.resolve("000900.png"), "of another kind");
        try (PictureSink sink = open("%06d.ppm")) {
            for (int sequence : new int[] {3, 4, 6, 0, 2}) {
                sink.accept(TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, sequence));
            }
        }
        assertEquals(
                List.of(
                        "000004.ppm",
                        "000005.ppm",
                        "000006.ppm",
                        "000008.ppm",
                        "000009.ppm",
                        "000011.ppm",
                        "000900.png"),
                namesIn(directory));
        assertEquals("precious", Files.readString(old));
        assertEquals(
                List.of(
                        directory + "/%06d.ppm: there are pictures up to number 4: frame 3 and later ones are numbered"
                                + " from 5",
                        directory + "/%06d.ppm: there are pictures up to number 8: frame 0 and later ones are numbered"
                                + " from 9"),
                reports);
    }

    @Test
    void aPublisherOfOneFrameThatStartsAgainGetsAnotherFile() throws IOException {
        TestFrame frame =
                TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 0).at(1_000);
        try (PictureSink sink = open("%d.ppm")) {
            sink.accept(frame);
            sink.accept(frame); // the same again replaces itself
            sink.accept(
                    TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 0).at(2_000));
        }
        assertEquals(List.of("0.ppm", "1.ppm"), namesIn(directory));
    }

    @Test
    void keepsOnlyTheNewestInAFileWithoutANumber() throws IOException {
        try (PictureSink latest = open("latest.png");
                PictureSink all = open("%d.png")) {
            assertTrue(latest.keepsOnlyNewest());
            assertFalse(all.keepsOnlyNewest());
            assertFalse(latest.isLive()); // it ends with its stream
        }
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void pngKeepsEveryPixelFormat(PixelFormat pixels) throws IOException {
        try (PictureSink sink = open("%d.png")) {
            sink.accept(TestPicture.chart(pixels, WIDTH, HEIGHT, 0, 0));
            sink.accept(TestPicture.chart(pixels, WIDTH, HEIGHT, 11, 1));
        }

        for (int i = 0; i < 2; i++) {
            Mat picture = read(i + ".png");
            int type =
                    switch (pixels) {
                        case GRAY8 -> CvType.CV_8UC1;
                        case GRAY16 -> CvType.CV_16UC1;
                        case BGRA32 -> CvType.CV_8UC4;
                        default -> CvType.CV_8UC3;
                    };
            assertEquals(CvType.typeToString(type), CvType.typeToString(picture.type()));
            boolean exact = pixels.planeCount() == 1 && pixels != PixelFormat.YUYV;
            assertIsChart(picture, exact ? 0 : 5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "jpeg", "bmp", "tiff", "tif", "webp", "ppm", "PNG"})
    void writesEveryKindOfFile(String extension) throws IOException {
        try (PictureSink sink = open("%d." + extension)) {
            for (PixelFormat pixels : PixelFormat.values()) {
                sink.accept(TestPicture.chart(pixels, WIDTH, HEIGHT, 0, pixels.code()));
            }
            sink.accept(TestPicture.jpegChart(WIDTH, HEIGHT, 100));
        }

        int tolerance = extension.startsWith("jp") ? 8 : 5;
        for (PixelFormat pixels : PixelFormat.values()) {
            assertIsChart(read(pixels.code() + "." + extension), tolerance);
        }
        assertIsChart(read("100." + extension), tolerance);
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp"})
    void writesSquarePixels(String extension) throws IOException {
        try (PictureSink sink = open("%d." + extension)) {
            for (PixelFormat pixels : PixelFormat.values()) {
                sink.accept(TestPicture.chart(pixels, WIDTH, HEIGHT, 11, pixels.code())
                        .withPixelsOf(64, 45));
            }
            sink.accept(TestPicture.jpegChart(WIDTH, HEIGHT, 100).withPixelsOf(64, 45));
            sink.accept(
                    TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 101).withPixelsOf(1, 2));
        }
        for (PixelFormat pixels : PixelFormat.values()) {
            assertIsStretchedChart(read(pixels.code() + "." + extension), 71, HEIGHT);
        }
        assertIsStretchedChart(read("100." + extension), 71, HEIGHT);
        assertIsStretchedChart(read("101." + extension), WIDTH, 2 * HEIGHT);
        assertEquals(List.of(), reports);
    }

    /** In the middle of each quarter. */
    private static void assertIsStretchedChart(Mat picture, int width, int height) {
        assertEquals(width + "x" + height, picture.cols() + "x" + picture.rows());
        for (int quarter = 0; quarter < 4; quarter++) {
            int x = width / 4 + (quarter & 1) * (width / 2);
            int y = height / 4 + (quarter >> 1) * (height / 2);
            int rgb = TestPicture.rgbAt(width, height, x, y);
            double[] actual = picture.get(y, x);
            double scale = picture.depth() == CvType.CV_16U ? 257 : 1;
            boolean isGray = actual.length == 1 || actual[0] == actual[1] && actual[1] == actual[2];
            for (int channel = 0; channel < Math.min(3, actual.length); channel++) {
                int expected = isGray ? TestPicture.grayOf(rgb) : rgb >> 8 * channel & 0xFF;
                assertEquals(expected, actual[channel] / scale, 12, "quarter " + quarter);
            }
        }
    }

    @Test
    void writesTheBytesOfAJpegFrameAsTheyAre() throws IOException {
        TestFrame frame = TestPicture.jpegChart(WIDTH, HEIGHT, 3);
        try (PictureSink sink = open("%d.jpg")) {
            sink.accept(frame);
            sink.accept(frame);
        }

        byte[] bytes = new byte[frame.payloadLength()];
        frame.payload().getBytes(0, bytes);
        assertArrayEquals(bytes, Files.readAllBytes(directory.resolve("3.jpg")));
        assertEquals(0, frame.payloadByteBuffer().position());
    }

    @Test
    void skipsAJpegThatCannotBeDecodedAndSaysSo() throws IOException {
        TestFrame good = TestPicture.jpegChart(WIDTH, HEIGHT, 8);
        try (PictureSink sink = open("%d.png")) {
            sink.accept(new TestFrame(FrameFormat.jpeg(WIDTH, HEIGHT), 6, new byte[1000]));
            sink.accept(new TestFrame(FrameFormat.jpeg(WIDTH, HEIGHT), 7, new byte[1000]));
            sink.accept(good);

            assertEquals(2, sink.skippedFrames());
        }

        assertEquals(List.of("8.png"), namesIn(directory));
        assertEquals(1, reports.size());
        assertTrue(reports.get(0).contains("frame 6 is skipped ("), reports.get(0));
    }

    @Test
    void skipsAJpegOfMorePixelsThanTheLimitBeforeItSetsMemoryAside() throws IOException {
        try (PictureSink sink = open("%d.png")) {
            sink.accept(new TestFrame(FrameFormat.jpeg(65_535, 65_535), 6, new byte[1000]));
            sink.accept(TestPicture.jpegChart(WIDTH, HEIGHT, 8));

            assertEquals(1, sink.skippedFrames());
        }

        assertEquals(List.of("8.png"), namesIn(directory));
        assertTrue(reports.get(0).contains("more pixels than the limit"), reports.get(0));
    }

    @Test
    void saysWhyAPictureCannotBeOfTheKind() throws IOException {
        try (PictureSink sink = open("%d.webp")) {
            TestFrame wide = TestPicture.chart(PixelFormat.BGR24, 20_000, 2, 0, 1);

            IOException thrown = assertThrows(IOException.class, () -> sink.accept(wide));

            assertTrue(
                    thrown.getMessage().startsWith("a 20000x2 BGR24 frame cannot be written as .webp: "),
                    thrown.getMessage());
            assertEquals(1, thrown.getMessage().lines().count());
            assertFalse(thrown.getMessage().contains(".cpp"), thrown.getMessage());
        }
        assertEquals(List.of(), namesIn(directory));
    }

    @Test
    void refusesAPlaceBelowAFile() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertEquals(
                "pictures cannot be written into " + file + ": " + file + " is not a directory",
                assertThrows(IOException.class, () -> open("file/%d.png")).getMessage());
        assertEquals(
                "pictures cannot be written into " + file.resolve("deep") + ": " + file + " is not a directory",
                assertThrows(IOException.class, () -> open("file/deep/%d.png")).getMessage());
    }

    @Test
    void refusesADirectoryThatMayNotBeWrittenTo() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no /proc, where even root may not make files");

        String inside = assertThrows(IOException.class, () -> PictureSink.open("/proc/%d.png"))
                .getMessage();
        String below = assertThrows(IOException.class, () -> PictureSink.open("/proc/shots/%d.png"))
                .getMessage();

        assertTrue(inside.matches("pictures cannot be written into /proc: .+; name a directory .+"), inside);
        assertTrue(below.matches("the directory /proc/shots cannot be made: .+; name one .+"), below);
    }

    @Test
    void refusesANameThatIsADirectory() throws IOException {
        Files.createDirectory(directory.resolve("shots.png"));

        String message =
                assertThrows(IOException.class, () -> open("shots.png")).getMessage();

        assertTrue(message.contains("shots.png is a directory; write "), message);
    }

    @Test
    void leavesNoHalfFileWhenThereIsNoRoom() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh, whose ulimit bounds the size of files");
        Path log = directory.resolve("log");
        // In blocks of 512 bytes: far below the size of the picture.
        String command = "ulimit -f 64 && exec \"$0\" \"$@\"";
        List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", command));
        arguments.addAll(
                ChildJvm.command(WriteLargeJpeg.class, List.of("-Xmx256m"), directory.resolve("shots/%d.jpg")));
        Process child = new ProcessBuilder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertTrue(child.waitFor(120, TimeUnit.SECONDS));
        } finally {
            child.destroyForcibly();
        }

        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertTrue(
                output.contains(directory.resolve("shots/5.jpg") + " cannot be written: File too large; make room"),
                output);
        assertEquals(List.of(), namesIn(directory.resolve("shots")));
    }

    /** What runs where files must stay small. */
    static final class WriteLargeJpeg {

        private WriteLargeJpeg() {}

        public static void main(String[] arguments) {
            try (PictureSink sink = PictureSink.open(arguments[0])) {
                sink.accept(new TestFrame(FrameFormat.jpeg(1000, 1000), 5, new byte[1_000_000]));
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private PictureSink open(String pattern) throws IOException {
        return PictureSink.open(directory + "/" + pattern, reports::add);
    }

    private Mat read(String name) {
        Mat picture = Imgcodecs.imread(directory.resolve(name).toString(), Imgcodecs.IMREAD_UNCHANGED);
        assertTrue(!picture.empty(), name + " cannot be read");
        return picture;
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return List.copyOf(new TreeSet<>(
                    files.map(file -> file.getFileName().toString()).toList()));
        }
    }

    /**
     * In the middle of each quarter, away from where chroma of two colours mixes. Gray or colour, as the picture is.
     */
    private static void assertIsChart(Mat picture, int tolerance) {
        assertEquals(WIDTH, picture.cols());
        assertEquals(HEIGHT, picture.rows());
        double scale = picture.depth() == CvType.CV_16U ? 256 : 1;
        boolean gray = picture.channels() == 1 || isGray(picture.get(HEIGHT / 4, WIDTH / 4), tolerance);
        for (int y : new int[] {HEIGHT / 4, HEIGHT * 3 / 4}) {
            for (int x : new int[] {WIDTH / 4, WIDTH * 3 / 4}) {
                double[] pixel = picture.get(y, x);
                int rgb = TestPicture.rgbAt(WIDTH, HEIGHT, x, y);
                int expected = gray ? TestPicture.grayOf(rgb) * 0x010101 : rgb;
                for (int channel = 0; channel < Math.min(3, pixel.length); channel++) {
                    int wanted = expected >> 8 * channel & 255;
                    assertEquals(wanted, Math.floor(pixel[channel] / scale), tolerance, channel + " at " + x + "," + y);
                }
            }
        }
    }

    private static boolean isGray(double[] pixel, int tolerance) {
        return Math.abs(pixel[0] - pixel[2]) <= tolerance;
    }
}
