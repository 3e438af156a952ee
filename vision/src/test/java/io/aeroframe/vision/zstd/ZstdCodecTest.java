package io.aeroframe.vision.zstd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.SyntheticPictures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdCodecTest {

    private static final int[][] SIZES = {
        {1, 1}, {2, 2}, {3, 5}, {5, 3}, {7, 1}, {8, 2}, {9, 1}, {11, 4}, {1, 40}, {16, 3}, {17, 2}, {321, 243}
    };
    private static final int GUARDS = 16;
    private static final byte GUARD = 0x5A;

    private final ZstdCodec codec = open();

    private static ZstdCodec open() {
        try {
            return ZstdCodec.open();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        codec.close();
        codec.close();
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void framesOfEverySizeStrideAndContentComeBackExactly(PixelFormat pixels) throws IOException {
        for (int[] size : SIZES) {
            for (int padding : new int[] {0, 1, 13}) {
                FrameFormat format = new FrameFormat(
                        size[0],
                        size[1],
                        pixels.minStride(size[0]) + padding,
                        pixels,
                        FrameEncoding.RAW,
                        ColorEncoding.BT709_FULL);
                for (byte[] content : contents(format)) {
                    byte[] compressed = encode(format, content);
                    FrameFormat target = ZstdCodec.formatOf(format).decoded();
                    assertEquals(ColorEncoding.BT709_FULL, target.color());
                    assertArrayEquals(withoutPadding(format, content), decode(compressed, target), format::describe);
                }
            }
        }
    }

    /** What another implementation of the wire format would do. */
    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void thePayloadIsWhatTheWireFormatSays(PixelFormat pixels) throws IOException {
        FrameFormat format = FrameFormat.raw(pixels, 37, 11);
        byte[] frame = contents(format)[2];
        byte[] bytes = Zstd.decompress(encode(format, frame), frame.length);
        int at = 0;
        for (int plane = 0; plane < pixels.planeCount(); plane++) {
            int distance =
                    switch (pixels) {
                        case GRAY16 -> 2;
                        case BGR24, RGB24 -> 3;
                        case BGRA32, YUYV -> 4;
                        case NV12 -> plane + 1;
                        case GRAY8, I420 -> 1;
                    };
            for (int row = 0; row < pixels.planeHeight(plane, 11); row++) {
                for (int i = 0; i < pixels.rowLength(plane, 37); i++, at++) {
                    if (i >= distance) {
                        bytes[at] += bytes[at - distance];
                    }
                }
            }
        }
        assertEquals(frame.length, at);
        assertArrayEquals(frame, bytes);
    }

    @Test
    void aPhotographBecomesSmallerAndNoiseHardlyLarger() throws IOException {
        FrameFormat format = FrameFormat.bgr24(640, 480);
        byte[] photograph = SyntheticPictures.bytes(SyntheticPictures.photograph(640, 480));
        int length = encode(format, photograph).length;
        assertTrue(length < photograph.length * 6 / 10, "length=" + length);
        byte[] noise = contents(format)[0];
        assertTrue(encode(format, noise).length <= ZstdCodec.formatOf(format).maxPayloadLength());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 700})
    void saysThatTheTargetIsTooSmall(int room) {
        FrameFormat format = FrameFormat.gray8(32, 32);
        ByteBuffer frame = direct(contents(format)[0]);
        IOException refused =
                assertThrows(IOException.class, () -> codec.encode(frame, format, ByteBuffer.allocateDirect(room)));
        assertTrue(refused.getMessage().startsWith("a 32x32 GRAY8 frame cannot be compressed into " + room + " bytes"));
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        FrameFormat format = FrameFormat.bgr24(9, 7);
        byte[] compressed = encode(format, contents(format)[1]);
        for (int length = 0; length < compressed.length; length++) {
            byte[] part = Arrays.copyOf(compressed, length);
            assertThrows(ZstdFormatException.class, () -> decode(part, format), "length=" + length);
        }
    }

    /**
     * Each is refused, or was changed where it makes no difference; none becomes another picture, and nothing is
     * written past the frame.
     */
    @Test
    void mutatedFramesNeverBecomeAnotherPicture() throws IOException {
        Random random = new Random(20_260_101);
        FrameFormat[] formats = {
            FrameFormat.bgr24(33, 21), FrameFormat.raw(PixelFormat.I420, 64, 48), FrameFormat.gray8(5, 3)
        };
        int refused = 0;
        for (int i = 0; i < 30_000; i++) {
            FrameFormat format = formats[i % formats.length];
            byte[] frame = contents(format)[i / formats.length % 3];
            byte[] compressed = encode(format, frame);
            byte[] mutated = random.nextInt(8) == 0
                    ? Arrays.copyOf(compressed, random.nextInt(compressed.length + 20))
                    : compressed.clone();
            for (int mutations = 1 + random.nextInt(4); mutations > 0 && mutated.length > 0; mutations--) {
                int reach = random.nextBoolean() ? Math.min(16, mutated.length) : mutated.length;
                mutated[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertArrayEquals(frame, decode(mutated, format));
            } catch (ZstdFormatException e) {
                refused++;
            }
        }
        assertTrue(refused > 25_000, "refused=" + refused);
    }

    @Test
    void framesOfAnotherLengthAreRefusedBeforeTheyAreDecompressed() throws IOException {
        FrameFormat format = FrameFormat.gray8(64, 64);
        byte[] larger = encode(FrameFormat.gray8(64, 65), new byte[64 * 65]);
        ZstdFormatException refused = assertThrows(ZstdFormatException.class, () -> decode(larger, format));
        assertEquals(
                "corrupt zstd frame: a 64x64 GRAY8 frame has 4096 bytes, this one says 4160", refused.getMessage());
        byte[] smaller = encode(FrameFormat.gray8(64, 63), new byte[64 * 63]);
        assertThrows(ZstdFormatException.class, () -> decode(smaller, format));
        // a content of 2^62 bytes; one of unknown length; one that needs a dictionary; none at all; a frame to be
        // skipped
        for (byte[] header : new byte[][] {
            {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, (byte) 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0},
            {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0x00, 0x58, 1, 0, 0},
            {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0x61, 7, 0, 0x0F, 0x02, 0, 0, 1, 0, 0},
            {0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4},
            {'a', 'e', 'r', 'o', 'f', 'r', 'a', 'm', 'e'},
            {}
        }) {
            assertThrows(ZstdFormatException.class, () -> decode(header, format));
        }
    }

    @Test
    void aSecondFrameBehindTheFirstIsRefused() throws IOException {
        FrameFormat format = FrameFormat.gray8(64, 64);
        byte[] one = encode(format, contents(format)[1]);
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertThrows(ZstdFormatException.class, () -> decode(two, format));
    }

    @Test
    void wrongBuffersAndFormatsAreMistakes() {
        FrameFormat format = FrameFormat.gray8(8, 8);
        ByteBuffer frame = ByteBuffer.allocateDirect(64);
        ByteBuffer target = ByteBuffer.allocateDirect(4096);
        FrameFormat padded =
                new FrameFormat(7, 8, 8, PixelFormat.GRAY8, FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
        assertMistake(() -> codec.encode(ByteBuffer.allocate(64), format, target));
        assertMistake(() -> codec.encode(ByteBuffer.allocateDirect(63), format, target));
        assertMistake(() -> codec.encode(frame, format, ByteBuffer.allocate(4096)));
        assertMistake(() -> codec.encode(frame, format, target.asReadOnlyBuffer()));
        assertMistake(() -> codec.encode(frame, FrameFormat.jpeg(8, 8), target));
        assertMistake(() -> codec.decode(frame, 65, target, format));
        assertMistake(() -> codec.decode(frame, -1, target, format));
        assertMistake(() -> codec.decode(frame, 10, target, padded));
        assertMistake(() -> codec.decode(frame, 10, target, FrameFormat.zstd(PixelFormat.GRAY8, 8, 8)));
        assertMistake(() -> codec.decode(frame, 10, target.asReadOnlyBuffer(), format));
    }

    private static void assertMistake(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    @Test
    void allocatesNothingPerFrame() throws Exception {
        FrameFormat format = FrameFormat.bgr24(64, 48);
        ByteBuffer frame = direct(contents(format)[1]).asReadOnlyBuffer();
        ByteBuffer compressed =
                ByteBuffer.allocateDirect(ZstdCodec.formatOf(format).maxPayloadLength());
        ByteBuffer decoded = ByteBuffer.allocateDirect(format.maxPayloadLength());
        double bytes = AllocatedBytes.perCall(2000, i -> {
            int length = codec.encode(frame, format, compressed);
            codec.decode(compressed, length, decoded, format);
        });
        assertTrue(bytes < 1, bytes + " bytes a frame");
        assertEquals(frame, decoded);
    }

    /** Noise, slopes that wrap around, and rows of a few values. */
    private static byte[][] contents(FrameFormat format) {
        byte[][] contents = new byte[3][format.maxPayloadLength()];
        new Random(4711).nextBytes(contents[0]);
        for (int i = 0; i < contents[1].length; i++) {
            contents[1][i] = (byte) (i % format.stride() * 5 / 3 + i / format.stride() * 7);
        }
        for (int i = 0; i < contents[2].length; i++) {
            contents[2][i] = (byte) (i % 11 == 0 ? 200 : i / format.stride());
        }
        return contents;
    }

    private byte[] encode(FrameFormat format, byte[] frame) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(ZstdCodec.formatOf(format).maxPayloadLength());
        byte[] compressed = new byte[codec.encode(direct(frame).asReadOnlyBuffer(), format, target)];
        target.get(0, compressed);
        return compressed;
    }

    private byte[] decode(byte[] compressed, FrameFormat format) throws IOException {
        int length = format.maxPayloadLength();
        ByteBuffer target = ByteBuffer.allocateDirect(length + GUARDS);
        for (int i = length; i < target.capacity(); i++) {
            target.put(i, GUARD);
        }
        try {
            codec.decode(direct(compressed).asReadOnlyBuffer(), compressed.length, target, format);
        } finally {
            for (int i = length; i < target.capacity(); i++) {
                assertEquals(GUARD, target.get(i), "written past the frame");
            }
        }
        byte[] frame = new byte[length];
        target.get(0, frame);
        return frame;
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).clear();
    }

    private static byte[] withoutPadding(FrameFormat format, byte[] frame) {
        PixelFormat pixels = format.pixelFormat();
        byte[] tight = new byte[ZstdCodec.formatOf(format).decoded().maxPayloadLength()];
        int at = 0;
        for (int plane = 0; plane < pixels.planeCount(); plane++) {
            int rowLength = pixels.rowLength(plane, format.width());
            for (int row = 0; row < pixels.planeHeight(plane, format.height()); row++) {
                int from = (int) pixels.planeOffset(plane, format.stride(), format.height())
                        + row * pixels.planeStride(plane, format.stride());
                System.arraycopy(frame, from, tight, at, rowLength);
                at += rowLength;
            }
        }
        return tight;
    }
}
