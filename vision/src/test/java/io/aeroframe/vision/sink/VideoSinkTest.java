package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Psnr;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.source.FfmpegTool;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Mat;

/** ffprobe and ffmpeg check every file. */
class VideoSinkTest {

    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;
    private static final long EPOCH_NS = 1_700_000_000_000_000_000L;
    private static final long FRAME_NS = 1_000_000_000L / 30;
    private static final long HOUR_NS = 3_600_000_000_000L;

    @TempDir
    private Path directory;

    private final List<String> reports = new ArrayList<>();

    @BeforeAll
    static void needsFfmpeg() {
        FfmpegTool.assumeInstalled();
    }

    private VideoSink open(String name, String codec, boolean isOverwriting) throws IOException {
        return VideoSink.open(
                directory.resolve(name).toString(),
                new SinkOptions("camera_A")
                        .standardOutput(OutputStream.nullOutputStream())
                        .report(reports::add)
                        .codec(codec)
                        .overwrite(isOverwriting));
    }

    private VideoSink open(String name) throws IOException {
        return open(name, null, false);
    }

    @ParameterizedTest
    @CsvSource({
        "raw.mp4, , h264",
        "raw.mkv, , h264",
        "raw.avi, , mpeg4",
        "raw.mov, , h264",
        "raw.webm, , vp9",
        "raw.ts, , h264",
        "jpeg.mp4, jpeg, h264",
        "jpeg.mov, jpeg, h264",
        "jpeg.webm, jpeg, vp9",
        "jpeg.ts, jpeg, h264",
        "jpeg.mkv, jpeg, mjpeg",
        "jpeg.avi, jpeg, mjpeg",
    })
    void writesEveryFrameAtTheTimeItWasCaptured(String name, String encoding, String codec) throws Exception {
        List<Double> expected = new ArrayList<>();
        try (VideoSink sink = open(name)) {
            for (int i = 0; i < 90; i++) {
                boolean isDropped = i == 10 || i >= 40 && i < 55;
                if (!isDropped) {
                    TestFrame frame = encoding == null ? moving(i) : TestPicture.jpegChart(WIDTH, HEIGHT, i);
                    sink.accept(frame.at(EPOCH_NS + i * FRAME_NS));
                    expected.add(i / 30.0);
                }
            }
        }
        Path file = directory.resolve(name);
        assertEquals("", FfmpegTool.complaints(file));
        assertEquals(expected.size(), FfmpegTool.frameCount(file));
        assertEquals(codec, FfmpegTool.streamEntry(file, "codec_name"));
        assertTimes(expected, FfmpegTool.frameTimes(file));
        assertEquals(List.of(), reports);
    }

    private static void assertTimes(List<Double> expected, List<Double> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), 0.0011, "frame " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"mp4, mjpeg", "mov, mjpeg", "mkv,", "mkv, mjpeg", "avi,"})
    void muxesJpegFramesByteForByte(String container, String codec) throws Exception {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (VideoSink sink = open("out." + container, codec, false)) {
            for (int i = 0; i < 5; i++) {
                byte[] jpeg = SyntheticPictures.jpeg(SyntheticPictures.photograph(161, 121), 50 + i);
                sink.accept(new TestFrame(FrameFormat.jpeg(161, 121), i, jpeg).at(EPOCH_NS + i * FRAME_NS));
                assertEquals(0, sink.copies());
                expected.write(jpeg);
            }
        }
        byte[] packets = FfmpegTool.run(
                "-i", directory.resolve("out." + container).toString(), "-c", "copy", "-f", "data", "-map", "0:v", "-");
        assertArrayEquals(expected.toByteArray(), packets);
    }

    @ParameterizedTest
    @CsvSource({
        "h264, mp4",
        "h264, mkv",
        "h264, avi",
        "mpeg4, mp4",
        "mpeg4, avi",
        "mjpeg, mkv",
        "mjpeg, mp4",
        "ffv1, mkv",
        "ffv1, mp4",
        "vp8, mkv",
        "vp9, mp4",
        "av1, mkv",
        "av1, webm",
        "vp8, webm",
        "vp9, webm",
        "h264, mov",
        "h264, ts",
        "mpeg4, ts",
        "libopenh264, mkv",
        "huffyuv, avi"
    })
    void encodesAPictureSoThatItIsKnownAgain(String codec, String container) throws Exception {
        Mat photograph = SyntheticPictures.photograph(320, 240);
        byte[] pixels = SyntheticPictures.bytes(photograph);
        String name = "out." + container;
        try (VideoSink sink = open(name, codec, false)) {
            for (int i = 0; i < 4; i++) {
                sink.accept(new TestFrame(FrameFormat.bgr24(320, 240), i, pixels).at(EPOCH_NS + i * FRAME_NS));
            }
        }
        Path file = directory.resolve(name);
        assertEquals("", FfmpegTool.complaints(file));
        assertEquals(4, FfmpegTool.frameCount(file));
        double psnr = Psnr.of(pixels, lastPicture(file));
        assertTrue(psnr > 34, codec + ": " + psnr + " dB");
    }

    @Test
    void losesNothingOfBgrAndGrayWithFfv1() throws Exception {
        byte[] pixels = SyntheticPictures.bytes(SyntheticPictures.photograph(63, 35));
        byte[] gray = new byte[63 * 35];
        System.arraycopy(pixels, 0, gray, 0, gray.length);
        byte[] gray16 = new byte[2 * 63 * 35];
        System.arraycopy(pixels, 0, gray16, 0, gray16.length);
        try (VideoSink bgr = open("bgr.mkv", "ffv1", false);
                VideoSink gray8 = open("gray8.mkv", "ffv1", false);
                VideoSink gray16le = open("gray16.mkv", "ffv1", false)) {
            bgr.accept(new TestFrame(FrameFormat.bgr24(63, 35), 0, pixels));
            gray8.accept(new TestFrame(FrameFormat.gray8(63, 35), 0, gray));
            gray16le.accept(new TestFrame(FrameFormat.raw(PixelFormat.GRAY16, 63, 35), 0, gray16));
        }
        assertArrayEquals(pixels, picture("bgr.mkv", "bgr24"));
        assertArrayEquals(gray, picture("gray8.mkv", "gray"));
        assertArrayEquals(gray16, picture("gray16.mkv", "gray16le"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkv", "mp4"})
    void losesNothingOfAnyPixelsWithFfv1(String container) throws Exception {
        Random random = new Random(7);
        for (PixelFormat pixels : PixelFormat.values()) {
            for (ColorEncoding color : ColorEncoding.values()) {
                FrameFormat format = FrameFormat.raw(pixels, 62, 35).withColor(color);
                byte[] payload = new byte[format.maxPayloadLength()];
                random.nextBytes(payload);
                String name = pixels + "-" + color + "." + container;
                try (VideoSink sink = open(name, "ffv1", false)) {
                    sink.accept(new TestFrame(format, 0, payload));
                }
                assertArrayEquals(planar(payload, pixels, 62 * 35), picture(name, ffmpegName(pixels)), name);
                if (pixels.isYuv()) {
                    Path file = directory.resolve(name);
                    String expected = (color.isFullRange() ? "pc" : "tv") + (color.isBt709() ? "bt709" : "smpte170m");
                    assertEquals(expected, FfmpegTool.streamEntry(file, "color_range,color_space"), name);
                }
            }
        }
    }

    /** The samples of YUYV and NV12, whose width is even, in planes of their own. */
    private static byte[] planar(byte[] frame, PixelFormat pixels, int size) {
        if (pixels != PixelFormat.YUYV && pixels != PixelFormat.NV12) {
            return frame;
        }
        byte[] planar = new byte[frame.length];
        int lumaStep = pixels == PixelFormat.YUYV ? 2 : 1;
        int chromaStep = 2 * lumaStep;
        int chroma = pixels == PixelFormat.YUYV ? 1 : size;
        int chromaSize = (frame.length - size) / 2;
        for (int i = 0; i < size; i++) {
            planar[i] = frame[lumaStep * i];
        }
        for (int i = 0; i < chromaSize; i++) {
            planar[size + i] = frame[chroma + chromaStep * i];
            planar[size + chromaSize + i] = frame[chroma + lumaStep + chromaStep * i];
        }
        return planar;
    }

    private static String ffmpegName(PixelFormat pixels) {
        return switch (pixels) {
            case GRAY8 -> "gray";
            case GRAY16 -> "gray16le";
            case BGR24 -> "bgr24";
            case RGB24 -> "rgb24";
            case BGRA32 -> "bgra";
            case YUYV -> "yuv422p";
            case NV12, I420 -> "yuv420p";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "ffv1, avi, I420, BT601_FULL",
        "ffv1, avi, YUYV, BT709_LIMITED",
        "huffyuv, avi, I420, BT601_LIMITED",
        "huffyuv, avi, GRAY16, BT601_LIMITED",
    })
    void refusesWhatALosslessFileCannotKeep(String codec, String container, PixelFormat pixels, ColorEncoding color)
            throws Exception {
        FrameFormat format = FrameFormat.raw(pixels, 64, 48).withColor(color);
        VideoSink sink = open("out." + container, codec, false);
        TestFrame frame = new TestFrame(format, 0, new byte[format.maxPayloadLength()]);
        SinkException refused = assertThrows(SinkException.class, () -> sink.accept(frame));
        assertEquals(SinkException.Reason.CODEC_REFUSES_FORMAT, refused.reason());
        assertEquals(
                codec + " in ." + container + " cannot keep 64x48 " + pixels
                        + " frames without loss; use ffv1 in .mkv, or a codec that is not lossless",
                refused.getMessage());
        sink.close();
    }

    /** What no stream and no container states is what readers assume. */
    @Test
    void writesTheMatrixThatReadersAssumeWhereItCannotBeStated() throws Exception {
        byte[] red = new byte[64 * 48 * 3 / 2];
        Arrays.fill(red, 0, 64 * 48, (byte) 63); // red in BT.709
        Arrays.fill(red, 64 * 48, 64 * 48 * 5 / 4, (byte) 102);
        Arrays.fill(red, 64 * 48 * 5 / 4, red.length, (byte) 240);
        FrameFormat format = FrameFormat.raw(PixelFormat.I420, 64, 48).withColor(ColorEncoding.BT709_LIMITED);
        for (String name : List.of("out.avi", "out.ts", "out.mp4", "out.mov", "out.mkv")) {
            try (VideoSink sink = open(name, "mpeg4", false)) {
                sink.accept(new TestFrame(format, 0, red));
            }
            boolean isStated = !name.endsWith("avi") && !name.endsWith("ts");
            assertEquals(
                    isStated ? "bt709" : "unknown", FfmpegTool.streamEntry(directory.resolve(name), "color_space"));
            byte[] pixels = FfmpegTool.run(
                    "-i",
                    directory.resolve(name).toString(),
                    "-vf",
                    "scale=in_color_matrix=" + (isStated ? "bt709" : "bt601"),
                    "-f",
                    "rawvideo",
                    "-pix_fmt",
                    "bgr24",
                    "-");
            assertEquals(0, pixels[0] & 0xFF, 8, name);
            assertEquals(0, pixels[1] & 0xFF, 8, name);
            assertEquals(255, pixels[2] & 0xFF, 8, name);
        }
    }

    private byte[] picture(String name, String pixels) throws Exception {
        return FfmpegTool.run(
                "-i",
                directory.resolve(name).toString(),
                "-frames:v",
                "1",
                "-f",
                "rawvideo",
                "-pix_fmt",
                pixels,
                "-sws_flags",
                "accurate_rnd+full_chroma_int",
                "-");
    }

    private static byte[] lastPicture(Path file) throws Exception {
        byte[] all = FfmpegTool.run(
                "-i",
                file.toString(),
                "-fps_mode",
                "passthrough",
                "-sws_flags",
                "accurate_rnd+full_chroma_int",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "bgr24",
                "-");
        int length = 320 * 240 * 3;
        return Arrays.copyOfRange(all, all.length - length, all.length);
    }

    @ParameterizedTest
    @CsvSource({
        "h264, 51, 33, 52, 34",
        "h264, 50, 34, 50, 34",
        "h264, 17, 16, 18, 16",
        "mpeg4, 51, 33, 51, 33",
        "ffv1, 1, 1, 1, 1",
        "ffv1, 3, 5, 3, 5",
        "mjpeg, 51, 33, 51, 33",
        "vp9, 51, 33, 51, 33"
    })
    void takesEveryPixelFormatAndOddSizes(String codec, int width, int height, int codedWidth, int codedHeight)
            throws Exception {
        for (PixelFormat pixels : PixelFormat.values()) {
            int padding = pixels.code() % 3 == 0 ? 0 : 11;
            String name = pixels + ".mkv";
            try (VideoSink sink = open(name, codec, false)) {
                sink.accept(TestPicture.chart(pixels, width, height, padding, 0));
                sink.accept(TestPicture.chart(pixels, width, height, padding, 1).at(FRAME_NS));
            }
            Path file = directory.resolve(name);
            assertEquals("", FfmpegTool.complaints(file), name);
            assertEquals(
                    codedWidth + "," + codedHeight + ",2",
                    FfmpegTool.countedEntry(file, "width,height,nb_read_frames"),
                    name);
            if (width > 16) {
                assertQuarters(picture(name, "rgb24"), codedWidth, codedHeight, pixels);
            }
        }
    }

    /** The middle of each quarter of the chart. */
    private static void assertQuarters(byte[] rgb, int width, int height, PixelFormat pixels) {
        for (int quarter = 0; quarter < 4; quarter++) {
            int x = width / 4 + (quarter & 1) * (width / 2);
            int y = height / 4 + (quarter >> 1) * (height / 2);
            int expected = TestPicture.rgbAt(width, height, x, y);
            boolean isGray = pixels == PixelFormat.GRAY8 || pixels == PixelFormat.GRAY16;
            int gray = TestPicture.grayOf(expected) * 0x010101;
            for (int channel = 0; channel < 3; channel++) {
                int shift = 16 - 8 * channel;
                int actual = rgb[3 * (y * width + x) + channel] & 0xFF;
                assertEquals((isGray ? gray : expected) >> shift & 0xFF, actual, 12, pixels + " quarter " + quarter);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mp4, raw, ",
        "mkv, raw, ",
        "avi, raw, ",
        "mov, raw, ",
        "webm, raw, ",
        "ts, raw, ",
        "mp4, jpeg, ",
        "mkv, jpeg, ",
        "avi, jpeg, ",
        "mp4, jpeg, mjpeg",
        "mp4, raw, av1",
        "mkv, raw, av1",
        "mp4, raw, vp9",
        "mp4, raw, ffv1",
        "mp4, raw, mpeg4",
        "mkv, raw, vp8"
    })
    void aFileOfAKilledProcessPlaysUpToItsLastSecond(String container, String encoding, String codec) throws Exception {
        Path file = directory.resolve("killed." + container);
        int count = 300;
        boolean isJpeg = encoding.equals("jpeg");
        Process child = new ProcessBuilder(ChildJvm.command(
                        WriteForEver.class, List.of("-Xmx256m"), file, count, isJpeg, codec == null ? "" : codec))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = child.inputReader()) {
            assertEquals("written", lines.readLine());
        } finally {
            child.destroyForcibly().waitFor(120, TimeUnit.SECONDS);
        }
        List<Double> times = FfmpegTool.frameTimes(file);
        assertTrue(times.size() >= count - 31, times.size() + " of " + count);
        assertEquals(times.size(), FfmpegTool.frameCount(file));
        for (int i = 0; i < times.size(); i++) {
            assertEquals(i / 30.0, times.get(i), 0.0011, "frame " + i);
        }
        FfmpegTool.run("-i", file.toString(), "-f", "null", "-");
    }

    /** Writes frames of 30 a second to a file, and then nothing, until it is killed. */
    static final class WriteForEver {
        public static void main(String[] arguments) throws Exception {
            SinkOptions options = new SinkOptions("s")
                    .standardOutput(OutputStream.nullOutputStream())
                    .report(System.err::println)
                    .codec(arguments[3].isEmpty() ? null : arguments[3]);
            int count = Integer.parseInt(arguments[1]);
            VideoSink sink = VideoSink.open(arguments[0], options);
            for (int i = 0; i < count; i++) {
                TestFrame frame =
                        Boolean.parseBoolean(arguments[2]) ? TestPicture.jpegChart(WIDTH, HEIGHT, i) : moving(i);
                sink.accept(frame.at(EPOCH_NS + i * FRAME_NS));
            }
            System.out.println("written");
            new CountDownLatch(1).await();
        }
    }

    @Test
    void beginsAnotherFileWhereTheFramesChange() throws Exception {
        Files.createFile(directory.resolve("out-3.mkv"));
        try (VideoSink sink = open("out.mkv")) {
            sink.accept(TestPicture.chart(PixelFormat.BGR24, 64, 48, 0, 0));
            sink.accept(TestPicture.chart(PixelFormat.I420, 64, 48, 0, 1).at(FRAME_NS)); // the same video
            sink.accept(TestPicture.chart(PixelFormat.BGR24, 80, 48, 0, 2).at(2 * FRAME_NS));
            sink.accept(TestPicture.chart(PixelFormat.BGR24, 80, 48, 0, 3).at(3 * FRAME_NS));
            sink.accept(TestPicture.jpegChart(80, 48, 4).at(4 * FRAME_NS));
        }
        assertEquals(List.of("out-2.mkv", "out-3.mkv", "out-4.mkv", "out.mkv"), names());
        assertEquals(2, FfmpegTool.frameCount(directory.resolve("out.mkv")));
        assertEquals(2, FfmpegTool.frameCount(directory.resolve("out-2.mkv")));
        assertEquals(1, FfmpegTool.frameCount(directory.resolve("out-4.mkv")));
        assertEquals(0, Files.size(directory.resolve("out-3.mkv")));
        assertEquals(2, reports.size());
        assertEquals("the frames are 80x48 BGR24 now: they go into " + directory.resolve("out-2.mkv"), reports.get(0));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "h264, mp4",
        "h264, mkv",
        "mpeg4, mp4",
        "mpeg4, mkv",
        "mpeg4, avi",
        "mpeg4, mov",
        "h264, mov",
        "ffv1, mkv",
        "ffv1, mp4",
        "vp9, mkv",
        "vp9, webm",
        "mjpeg, mp4",
        "mjpeg, mkv"
    })
    void statesTheShapeOfPixelsInTheFile(String codec, String container) throws Exception {
        try (VideoSink sink = open("out." + container, codec, false)) {
            sink.accept(TestPicture.chart(PixelFormat.I420, 180, 144, 0, 0).withPixelsOf(16, 15));
            sink.accept(TestPicture.chart(PixelFormat.I420, 180, 144, 0, 1)
                    .withPixelsOf(16, 15)
                    .at(FRAME_NS));
            sink.accept(TestPicture.chart(PixelFormat.I420, 180, 144, 0, 2).at(2 * FRAME_NS));
        }
        Path wide = directory.resolve("out." + container);
        assertEquals("16:15", FfmpegTool.streamEntry(wide, "sample_aspect_ratio"));
        assertEquals("4:3", FfmpegTool.streamEntry(wide, "display_aspect_ratio"));
        assertEquals(2, FfmpegTool.frameCount(wide));
        Path square = directory.resolve("out-2." + container);
        assertEquals(
                "1:1", FfmpegTool.streamEntry(square, "sample_aspect_ratio").replace("N/A", "1:1"));
    }

    /** Of more frames: FFmpeg recognizes a transport stream by its length. */
    @ParameterizedTest
    @ValueSource(strings = {"h264", "mpeg4"})
    void statesTheShapeOfPixelsInATransportStream(String codec) throws Exception {
        try (VideoSink sink = open("out.ts", codec, false)) {
            for (int i = 0; i < 30; i++) {
                sink.accept(TestPicture.chart(PixelFormat.I420, 180, 144, 0, i)
                        .withPixelsOf(16, 15)
                        .at(i * FRAME_NS));
            }
        }
        assertEquals("16:15", FfmpegTool.streamEntry(directory.resolve("out.ts"), "sample_aspect_ratio"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv"})
    void statesTheShapeOfPixelsOfJpegFrames(String container) throws Exception {
        try (VideoSink sink = open("out." + container)) {
            sink.accept(TestPicture.jpegChart(180, 144, 0).withPixelsOf(16, 15));
        }
        assertEquals("16:15", FfmpegTool.streamEntry(directory.resolve("out." + container), "sample_aspect_ratio"));
    }

    @Test
    void replacesAFileOnlyIfAskedToAndOnceThereIsAFrame() throws Exception {
        Path file = Files.writeString(directory.resolve("out.mp4"), "precious");
        assertEquals(
                file + " already exists; name another file, or allow it to be overwritten",
                assertThrows(IOException.class, () -> open("out.mp4")).getMessage());
        open("out.mp4", null, true).close();
        assertEquals("precious", Files.readString(file));
        try (VideoSink sink = open("out.mp4", null, true)) {
            sink.accept(moving(0));
        }
        assertEquals(1, FfmpegTool.frameCount(file));
    }

    @Test
    void leavesNoFileWhereNoFrameCame() throws Exception {
        VideoSink sink = open("out.avi");
        assertEquals(List.of("out.avi"), names());
        sink.close();
        sink.close();
        sink.accept(moving(0));
        assertFalse(sink.isOpen());
        assertEquals(List.of(), names());
    }

    @Test
    void saysWhatIsWrongWithThePlace() throws Exception {
        Files.createDirectory(directory.resolve("dir.mp4"));
        assertEquals(
                directory.resolve("dir.mp4") + " is a directory; name a file in it",
                assertThrows(IOException.class, () -> open("dir.mp4")).getMessage());
        assertEquals(
                directory.resolve("no/out.mp4")
                        + " cannot be written: no such directory; name a place that you may write to",
                assertThrows(IOException.class, () -> open("no/out.mp4")).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mov", "mkv", "webm", "ts", "avi"})
    void saysThatTheDiskIsFull(String container) throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "no /dev/full, which is always full");
        Path file = Files.createSymbolicLink(directory.resolve("out." + container), full);
        VideoSink sink = open("out." + container, null, true);
        IOException failure = assertThrows(IOException.class, () -> {
            for (int i = 0; i < 100; i++) {
                sink.accept(moving(i).at(i * FRAME_NS));
            }
            sink.close();
        });
        assertEquals(
                file + " cannot be written: No space left on device; make room or name another place",
                failure.getMessage());
        assertFalse(sink.isOpen());
        sink.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x264 | mp4 | there is no video encoder 'x264' here; for .mp4 there are h264, mpeg4, mjpeg, "
                        + "ffv1, vp9, av1",
                "aac | mkv | there is no video encoder 'aac' here; for .mkv there are h264, mpeg4, mjpeg, "
                        + "ffv1, vp8, vp9, av1",
                "vp8 | mp4 | a video encoded by 'libvpx' does not go into .mp4; there are h264, mpeg4, "
                        + "mjpeg, ffv1, vp9, av1",
                "h264_vaapi | mp4 | the video encoder 'h264_vaapi' takes none of the pixel formats that "
                        + "frames have; there are"
                        + " h264, mpeg4, mjpeg, ffv1, vp9, av1",
            })
    void listsTheCodecsWhenItDoesNotKnowOne(String codec, String container, String message) throws Exception {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> open("out." + container, codec, false))
                        .getMessage());
        assertEquals(List.of(), names());
    }

    @Test
    void skipsADamagedJpegAndSaysSo() throws Exception {
        TestFrame good = TestPicture.jpegChart(WIDTH, HEIGHT, 0);
        byte[] half = new byte[good.payloadLength() / 2];
        good.payload().getBytes(0, half);
        try (VideoSink sink = open("out.mkv")) {
            sink.accept(good.at(EPOCH_NS));
            sink.accept(new TestFrame(good.format(), 1, half).at(EPOCH_NS + FRAME_NS));
            sink.accept(new TestFrame(FrameFormat.jpeg(WIDTH, HEIGHT), 2, TestPicture.jpegBytes(32, 32))
                    .at(EPOCH_NS + 2 * FRAME_NS));
            sink.accept(TestPicture.jpegChart(WIDTH, HEIGHT, 3).at(EPOCH_NS + 3 * FRAME_NS));
            assertEquals(2, sink.skippedFrames());
        }
        assertTimes(List.of(0.0, 0.1), FfmpegTool.frameTimes(directory.resolve("out.mkv")));
        assertEquals(1, reports.size());
        assertTrue(reports.get(0).contains("frame 1 is skipped (truncated JPEG image"), reports.get(0));
    }

    @Test
    void encodesJpegFramesWhereACodecIsAskedFor() throws Exception {
        try (VideoSink sink = open("out.mp4", "h264", false)) {
            for (int i = 0; i < 10; i++) {
                sink.accept(TestPicture.jpegChart(51, 33, i).at(i * FRAME_NS));
            }
        }
        assertEquals("h264", FfmpegTool.streamEntry(directory.resolve("out.mp4"), "codec_name"));
        assertQuarters(picture("out.mp4", "rgb24"), 52, 34, PixelFormat.BGR24);
        assertEquals(10, FfmpegTool.frameCount(directory.resolve("out.mp4")));
    }

    @Test
    void fillsLongPausesOfAnAvi() throws Exception {
        try (VideoSink sink = open("out.avi")) {
            sink.accept(moving(0).at(EPOCH_NS));
            sink.accept(moving(1).at(EPOCH_NS + 250_000_000_000L));
        }
        assertTimes(List.of(0.0, 250.0), FfmpegTool.frameTimes(directory.resolve("out.avi")));
    }

    @ParameterizedTest
    @CsvSource({
        "mp4, 12.5",
        "mov, 29.97",
        "mkv, 10",
        "webm, 15",
        "ts, 24",
        "avi, 15",
        "avi, 29.97",
        "avi, 30",
        "avi, 60",
        "avi, 0.5",
        "mkv, 0.5",
        "mp4, 60"
    })
    void statesItsRateDurationAndFrameCountAfterAGap(String container, double rate) throws Exception {
        Path file = directory.resolve("stated." + container);
        int count = 40;
        int lost = 25; // before the last frame
        double exactRate = rate == 29.97 ? 30_000 / 1_001.0 : rate;
        try (VideoSink sink = open("stated." + container)) {
            for (int i = 0; i < count; i++) {
                int slot = i < count - 1 ? i : i + lost;
                sink.accept(moving(i).at(EPOCH_NS + Math.round(slot * 1e9 / exactRate)));
            }
        }
        double seconds = (count + lost) / exactRate;
        assertEquals("", FfmpegTool.complaints(file));
        assertEquals(count, FfmpegTool.frameCount(file));
        assertEquals(seconds, FfmpegTool.durationSeconds(file), 0.002 + seconds * 0.001);
        if (container.equals("avi")) {
            assertEquals(count + lost, Integer.parseInt(FfmpegTool.streamEntry(file, "nb_frames"))); // with the gap's
        }
        if (container.startsWith("m")) {
            List<Double> times = FfmpegTool.frameTimes(file);
            assertEquals((count - 1 + lost) / exactRate, times.get(count - 1), 0.0011);
        }
        if (container.equals("mp4") || container.equals("mov")) { // where it is the average
            assertEquals(count, Integer.parseInt(FfmpegTool.streamEntry(file, "nb_frames")));
            assertEquals(count / seconds, FfmpegTool.rate(file), 0.01);
        } else if (!container.equals("ts")) { // which states none
            assertEquals(exactRate, FfmpegTool.rate(file), exactRate * 0.0002);
        }
    }

    @Test
    void beginsAnotherAviWhereFramesComeFaster() throws Exception {
        try (VideoSink sink = open("out.avi")) {
            long timeNs = EPOCH_NS;
            for (int i = 0; i < 120; i++) {
                sink.accept(moving(i).at(timeNs));
                timeNs += i < 30 ? 2 * FRAME_NS : FRAME_NS;
            }
        }
        int first = FfmpegTool.frameCount(directory.resolve("out.avi"));
        assertEquals(120, first + FfmpegTool.frameCount(directory.resolve("out-2.avi")));
        assertEquals(15, FfmpegTool.rate(directory.resolve("out.avi")), 0.001);
        assertEquals(30, FfmpegTool.rate(directory.resolve("out-2.avi")), 0.001);
        assertEquals(List.of("the frames come faster now: they go into " + directory.resolve("out-2.avi")), reports);
    }

    @Test
    void aFailoverToAHostWithOtherClocksMakesNoLongFrame() throws Exception {
        try (VideoSink sink = open("out.mkv")) {
            long timeNs = EPOCH_NS;
            for (long offsetNs : new long[] {0, 3 * HOUR_NS, -40 * HOUR_NS, HOUR_NS}) {
                for (int i = 0; i < 20; i++) {
                    sink.accept(moving(i).at(timeNs + offsetNs));
                    timeNs += FRAME_NS;
                }
            }
        }
        List<Double> times = FfmpegTool.frameTimes(directory.resolve("out.mkv"));
        assertEquals(80, times.size());
        // What passes here between two frames counts where the clocks change: next to nothing, or more on a busy
        // machine.
        for (int i = 1; i < 80; i++) {
            assertTrue(
                    times.get(i) > times.get(i - 1) && (i % 20 == 0 || times.get(i) - times.get(i - 1) < 0.04), "" + i);
        }
        assertTrue(times.get(79) < 600, "" + times.get(79));
    }

    /** A square that moves over a grid. */
    private static TestFrame moving(int number) {
        byte[] pixels = new byte[WIDTH * HEIGHT * 3];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                boolean isSquare = Math.abs(x - number % WIDTH) < 10 && Math.abs(y - 60) < 10;
                int at = 3 * (y * WIDTH + x);
                pixels[at] = (byte) (isSquare ? 255 : x);
                pixels[at + 1] = (byte) (isSquare ? 255 : y);
                pixels[at + 2] = (byte) (x / 16 * 16);
            }
        }
        return new TestFrame(FrameFormat.bgr24(WIDTH, HEIGHT), number, pixels);
    }
}
