package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternSourceTest {

    @Test
    void takesItsSizeAndRateFromTheSpecification() throws IOException {
        assertOpened("pattern:", new SourceOptions(), 1280, 720, 60);
        assertOpened("pattern:640x480", new SourceOptions(), 640, 480, 60);
        assertOpened("pattern:640x480@29.97", new SourceOptions(), 640, 480, 29.97);
        assertOpened("pattern:720p@30000/1001", new SourceOptions(), 1280, 720, 30_000 / 1_001.0);
        assertOpened("pattern:640*480@30fps", new SourceOptions(), 640, 480, 30);
        assertOpened("pattern:@0.5", new SourceOptions(), 1280, 720, 0.5);
        assertOpened("pattern:2x1@100000", new SourceOptions(), 2, 1, 100_000);
        SourceOptions small = new SourceOptions().size(320, 200).encoding(EncodingChoice.RAW);
        assertOpened("pattern:", small, 320, 200, 60);
        assertOpened("pattern:640x480", small, 640, 480, 60);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pattern:0x0",
                "pattern:640",
                "pattern:640x",
                "pattern:axb",
                "pattern:640x480@",
                "pattern:640x480@0",
                "pattern:640x480@-1",
                "pattern:640x480@100001",
                "pattern:640x480@fast",
                "pattern:70000x1",
                "pattern:65535x65535",
                "pattern:999999999999x1",
                "pattern:640x480@NaN",
                "pattern:1x1@60x",
                "pattern"
            })
    void refusesAMalformedSpecification(String spec) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> PatternSource.open(spec, new SourceOptions()));
        assertTrue(refused.getMessage().startsWith(spec + ": "), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("; use for example pattern:1280x720@60"), refused.getMessage());
    }

    @Test
    void showsItsTimeByItsFrames() throws IOException {
        try (PatternSource source = PatternSource.open("pattern:8x8@29.97", new SourceOptions())) {
            source.advance();
            assertEquals(0, source.presentationTimeNs());
            source.advance();
            assertEquals(33_366_700, source.presentationTimeNs(), 1);
            for (int i = 2; i <= 2997; i++) {
                assertTrue(source.advance());
            }
            assertEquals(100_000_000_000L, source.presentationTimeNs());
        }
    }

    @Test
    void movesFromFrameToFrame() throws IOException {
        try (PatternSource source = PatternSource.open("pattern:320x240@30", new SourceOptions())) {
            source.advance();
            byte[] first = frame(source);
            source.advance();
            byte[] second = frame(source);
            assertFalse(Arrays.equals(first, second));
            assertEquals((byte) 191, first[(100 * 320 + 5) * 3]); // the white bar
        }
    }

    @Test
    void writesTheFrameNumberInDigits() throws IOException {
        try (PatternSource source = PatternSource.open("pattern:640x360@1", new SourceOptions());
                PatternSource other = PatternSource.open("pattern:640x360@1", new SourceOptions())) {
            for (int i = 0; i <= 11; i++) {
                source.advance();
                other.advance();
            }
            assertArrayEquals(numberRow(source), numberRow(other));
            source.advance();
            assertFalse(Arrays.equals(numberRow(source), numberRow(other)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1x1", "1x2", "2x1", "3x3", "7x9", "8x8", "17x200", "200x17", "65535x1", "1x2000", "333x187"})
    void drawsInAnySizeAndNotPastIt(String size) throws IOException {
        try (PatternSource source = PatternSource.open("pattern:" + size + "@60", new SourceOptions())) {
            for (int i = 0; i < 40; i++) {
                assertTrue(source.advance());
                frame(source);
            }
        }
    }

    @Test
    void allocatesNothingPerFrame() throws Exception {
        try (PatternSource source = PatternSource.open("pattern:320x240", new SourceOptions())) {
            ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
            double bytes = AllocatedBytes.perCall(500, i -> {
                source.advance();
                source.write(target);
            });
            assertTrue(bytes < 16, bytes + " bytes a frame");
        }
    }

    private static void assertOpened(String spec, SourceOptions options, int width, int height, double rate)
            throws IOException {
        try (PatternSource source = PatternSource.open(spec, options)) {
            assertEquals(FrameFormat.bgr24(width, height), source.format());
            assertEquals(rate, source.framesPerSecond());
        }
    }

    /** The middle row of the frame's number. */
    private static byte[] numberRow(PatternSource source) throws IOException {
        byte[] frame = frame(source);
        int middle = 640 * 3 * (360 / 2 - 20);
        return Arrays.copyOfRange(frame, middle + 3 * 200, middle + 3 * 440);
    }

    private static byte[] frame(FrameSource source) throws IOException {
        int length = source.maxPayloadLength();
        ByteBuffer target = ByteBuffer.allocateDirect(length + 64).putLong(length, 0x55AA);
        assertEquals(length, source.write(target));
        assertEquals(0x55AA, target.getLong(length));
        byte[] bytes = new byte[length];
        target.get(0, bytes);
        return bytes;
    }
}
