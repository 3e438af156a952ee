package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of pixels alone, described by options. */
class RawVideoTest {

    private static final int WIDTH = 8;
    private static final int HEIGHT = 4;
    private static final double NTSC = 30_000 / 1_001.0;

    @TempDir
    private Path directory;

    private final List<String> reports = new ArrayList<>();

    private SourceOptions options(String format) {
        return new SourceOptions()
                .inputSize(WIDTH, HEIGHT)
                .inputFormat(format)
                .pixelFormat(null)
                .encoding(EncodingChoice.RAW)
                .report(reports::add);
    }

    /** Gray frames that begin with their number. */
    private Path numbered(String name, int frames, int rest) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(frames * WIDTH * HEIGHT + rest);
        for (int i = 0; i < frames; i++) {
            bytes.putInt(i * WIDTH * HEIGHT, i);
        }
        return Files.write(directory.resolve(name), bytes.array());
    }

    private static int number(FrameSource source) throws IOException {
        return ByteBuffer.wrap(Frames.bytes(source)).getInt();
    }

    @ParameterizedTest
    @CsvSource({
        "yuv, yuv420p, I420, 1667",
        "yuv, I420, I420, 1667",
        "nv12, nv12, NV12, 1667",
        "gray, gray8, GRAY8, 1089",
        "y16, gray16le, GRAY16, 2178",
        "bgr, bgr24, BGR24, 3267",
        "RGB, rgb24, RGB24, 3267",
        "raw, bgra, BGRA32, 4356",
        "yuyv, yuyv422, YUYV, 2244"
    })
    void deliversTheBytesOfEachFrame(String extension, String format, String delivered, int length) throws Exception {
        byte[] bytes = new byte[3 * length];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(directory.resolve("film." + extension), bytes);
        SourceOptions options = options(format).inputSize(33, 33);
        try (FrameSource source = FrameSources.open(file.toString(), options)) {
            for (int i = 0; i < 3; i++) {
                assertTrue(source.advance());
                assertEquals("33x33 " + delivered, source.format().describe());
                assertEquals(i * 40_000_000L, source.presentationTimeNs());
                assertArrayEquals(Arrays.copyOfRange(bytes, i * length, (i + 1) * length), Frames.bytes(source));
            }
            assertFalse(source.advance());
            assertEquals(0, source.decodeErrors());
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void beginsAtTheFrameOfATimeAtTheRateThatIsSet() throws Exception {
        Path file = numbered("long.gray", 3_000, 0);
        SourceOptions options = options("gray").framesPerSecond(NTSC).startNs(90_000_000_000L);
        try (FrameSource source = FrameSources.open(file.toString(), options)) {
            assertEquals(NTSC, source.framesPerSecond(), 1e-9);
            assertTrue(source.advance());
            assertEquals(2_698, number(source)); // 90 s are 2697.3 frames
            assertTrue(source.advance());
            assertEquals(2_699, number(source));
            assertEquals(1e9 / NTSC, source.presentationTimeNs(), 2);
        }
    }

    @Test
    void loopsFromWhereItBegan() throws Exception {
        Path file = numbered("loop.gray", 60, 0);
        SourceOptions options = options("gray").loop(true).startNs(2_300_000_000L);
        try (FrameSource source = FrameSources.open(file.toString(), options)) {
            for (int i = 0; i < 7; i++) {
                assertTrue(source.advance());
                assertEquals(58 + i % 2, number(source));
                assertEquals(i * 40_000_000L, source.presentationTimeNs());
            }
        }
    }

    @Test
    void saysThatThereIsNothingToBeginAt() throws Exception {
        Path file = numbered("short.gray", 5, 0);
        try (FrameSource source =
                FrameSources.open(file.toString(), options("gray").startNs(9_000_000_000L))) {
            assertEquals(
                    file + ": the start offset of 9.000s is after its last frame, at 0.160s",
                    assertThrows(SourceException.class, source::advance).getMessage());
        }
    }

    @Test
    void leavesOutWhatIsNotAWholeFrameAndNamesItOnce() throws Exception {
        Path file = numbered("cut.gray", 5, 7);
        try (FrameSource source = FrameSources.open(file.toString(), options("gray"))) {
            for (int i = 0; i < 5; i++) {
                assertTrue(source.advance());
                assertEquals(i, number(source));
            }
            assertFalse(source.advance());
            assertEquals(1, source.decodeErrors());
        }
        try (FrameSource source =
                FrameSources.open(file.toString(), options("gray").loop(true))) {
            for (int i = 0; i < 12; i++) {
                assertTrue(source.advance());
                assertEquals(i % 5, number(source));
            }
        }
        String expected = file + ": its last 7 bytes are left out, because they are not a whole frame: 8x4 gray takes"
                + " 32 bytes; if the size and the pixel format are right, its recording is not complete";
        assertEquals(List.of(expected, expected), reports); // once for each source
    }

    @Test
    void refusesAFileThatIsShorterThanAFrame() throws Exception {
        Path file = numbered("short.gray", 0, 31);
        SourceException failure =
                assertThrows(SourceException.class, () -> FrameSources.open(file.toString(), options("gray")));
        assertEquals(SourceException.Reason.RAW_VIDEO_TOO_SHORT, failure.reason());
        assertEquals(
                file + ": has 31 bytes, which is less than one frame: 8x4 gray takes 32 bytes; check the size and the"
                        + " pixel format",
                failure.getMessage());
    }

    @Test
    void refusesAnEmptyFile() throws Exception {
        Path file = numbered("empty.gray", 0, 0);
        IOException failure =
                assertThrows(IOException.class, () -> FrameSources.open(file.toString(), options("gray")));
        assertTrue(failure.getMessage().startsWith(file + ": is empty"), failure.getMessage());
    }

    @Test
    void asksForWhatTheFileDoesNotSay() throws Exception {
        Path file = numbered("film.nv12", 5, 0);
        SourceException failure =
                assertThrows(SourceException.class, () -> FrameSources.open(file.toString(), new SourceOptions()));
        assertEquals(SourceException.Reason.RAW_VIDEO_NOT_DESCRIBED, failure.reason());
        assertTrue(failure.getMessage().endsWith("such as 1280x720 and nv12"), failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "yuv421p, 8, 4, pixel format 'yuv421p'",
        "vaapi, 8, 4, pixel format 'vaapi'",
        "bgra, 65535, 65535, large"
    })
    void refusesFramesThatFfmpegDoesNotKnow(String format, int width, int height, String expected) throws Exception {
        Path file = numbered("film.yuv", 5, 0);
        SourceOptions options = options(format).inputSize(width, height);
        IllegalArgumentException failure =
                assertThrows(IllegalArgumentException.class, () -> FrameSources.open(file.toString(), options));
        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }

    @Test
    void aFileWithTheHeaderOfYuv4mpegIsAVideoFile() throws Exception {
        Path file = directory.resolve("film.yuv");
        Files.writeString(file, "YUV4MPEG2 W8 H4 F25:1 Cmono\nFRAME\n" + "a".repeat(WIDTH * HEIGHT));
        assertEquals(SourceKind.VIDEO_FILE, SourceKind.of(file.toString()));
        try (FrameSource source = FrameSources.open(file.toString(), new SourceOptions().pixelFormat(null))) {
            assertTrue(source.advance());
            assertEquals("8x4 GRAY8", source.format().describe());
        }
    }
}
