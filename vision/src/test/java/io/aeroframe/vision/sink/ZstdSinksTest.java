package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.DecodedFrames;
import io.aeroframe.vision.zstd.ZstdCodec;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every sink takes a zstd frame for the raw one that it stands for. */
class ZstdSinksTest {

    private static final int WIDTH = 51;
    private static final int HEIGHT = 33;

    @TempDir
    private Path directory;

    private final List<String> reports = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void theDigestIsThatOfThePixels(PixelFormat pixels) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        TestFrame raw = TestPicture.chart(pixels, WIDTH, HEIGHT, 13, 7);
        try (DigestSink sink = new DigestSink(output, false, reports::add)) {
            sink.accept(raw);
            sink.accept(compressed(raw));
        }
        String[] lines = output.toString(StandardCharsets.US_ASCII).split("\n");
        assertTrue(lines[1].startsWith("7, 51, 33, " + pixels + ", ZSTD, "), lines[1]);
        assertEquals(lines[0], lines[1].replace("ZSTD", "RAW"));
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void picturesAreThoseOfTheRawFrame(PixelFormat pixels) throws IOException {
        TestFrame raw = TestPicture.chart(pixels, WIDTH, HEIGHT, 2, 7);
        for (String name : List.of("raw.png", "zstd.png")) {
            try (PictureSink sink = PictureSink.open(directory.resolve(name).toString(), reports::add)) {
                sink.accept(name.startsWith("raw") ? raw : compressed(raw));
            }
        }
        assertArrayEquals(
                Files.readAllBytes(directory.resolve("raw.png")), Files.readAllBytes(directory.resolve("zstd.png")));
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void theWindowPaintsWhatItPaintsOfTheRawFrame(PixelFormat pixels) throws IOException {
        TestFrame raw = TestPicture.chart(pixels, WIDTH, HEIGHT, 2, 7);
        int[] expected = new int[WIDTH * HEIGHT];
        int[] actual = new int[WIDTH * HEIGHT];
        try (BgrRaster raster = new BgrRaster()) {
            raster.read(raw, expected);
            raster.read(compressed(raw), actual);
        }
        assertArrayEquals(expected, actual);
    }

    @Test
    void framesThatCannotBeDecompressedAreSkippedAndCounted() throws IOException {
        TestFrame good = compressed(TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 1));
        byte[] bytes = new byte[good.payloadLength()];
        good.payload().getBytes(0, bytes);
        bytes[bytes.length / 2] ^= 0x10;
        TestFrame corrupt = new TestFrame(good.format(), 2, bytes);
        TestFrame truncated = new TestFrame(good.format(), 3, Arrays.copyOf(bytes, 20));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (DigestSink digest = new DigestSink(output, false, reports::add);
                PictureSink pictures =
                        PictureSink.open(directory.resolve("%d.png").toString(), reports::add)) {
            for (FrameSink sink : new FrameSink[] {digest, pictures}) {
                sink.accept(good);
                sink.accept(corrupt);
                sink.accept(truncated);
                sink.accept(good);
            }
            assertEquals(2, digest.skippedFrames());
            assertEquals(2, pictures.skippedFrames());
        }
        assertEquals(2, output.toString(StandardCharsets.US_ASCII).lines().count());
        assertTrue(Files.exists(directory.resolve("1.png")));
        assertTrue(Files.notExists(directory.resolve("2.png")));
        assertEquals(2, reports.size());
        assertTrue(reports.get(0).startsWith("digest: frame 2 is skipped (corrupt zstd frame: "), reports.get(0));
        try (BgrRaster raster = new BgrRaster()) {
            assertThrows(ZstdFormatException.class, () -> raster.read(corrupt, new int[WIDTH * HEIGHT]));
        }
    }

    @Test
    void decodesJpegFramesToBgrAndPassesThemThroughWhenNotAsked() throws Exception {
        TestFrame jpeg = TestPicture.jpegChart(WIDTH, HEIGHT, 7).at(1_234);
        TestFrame raw = TestPicture.chart(PixelFormat.BGR24, WIDTH, HEIGHT, 0, 8);
        try (DecodedFrames decoded = DecodedFrames.raw();
                DecodedFrames passed = DecodedFrames.rawOrJpeg()) {
            assertSame(jpeg, passed.of(jpeg));
            assertSame(raw, decoded.of(raw));
            Frame pixels = decoded.of(jpeg);
            assertEquals(FrameFormat.bgr24(WIDTH, HEIGHT), pixels.format());
            assertEquals(7, pixels.sequence());
            assertEquals(1_234, pixels.captureTimeNs());
            int rgb = TestPicture.rgbAt(WIDTH, HEIGHT, WIDTH / 8, HEIGHT / 8);
            int at = (HEIGHT / 8 * WIDTH + WIDTH / 8) * 3;
            for (int channel = 0; channel < 3; channel++) {
                int value = pixels.payload().getByte(at + channel) & 0xFF;
                assertEquals(rgb >> 8 * channel & 0xFF, value, 12);
            }
            assertThrows(UnsupportedOperationException.class, pixels::retain);
            TestFrame zstd = compressed(raw);
            assertEquals(raw.format(), decoded.of(zstd).format());
            assertEquals(raw.payloadByteBuffer(), decoded.of(zstd).payloadByteBuffer());
        }
    }

    @Test
    void decompressingAllocatesNothingPerFrame() throws Exception {
        TestFrame frame = compressed(TestPicture.chart(PixelFormat.I420, WIDTH, HEIGHT, 0, 1));
        try (DecodedFrames raws = DecodedFrames.rawOrJpeg()) {
            long[] sum = new long[1];
            double bytes = AllocatedBytes.perCall(
                    2000, i -> sum[0] += raws.of(frame).payloadByteBuffer().get(i % 100));
            assertTrue(bytes < 1, bytes + " bytes a frame");
        }
    }

    static TestFrame compressed(TestFrame raw) throws IOException {
        FrameFormat format = ZstdCodec.formatOf(raw.format());
        ByteBuffer target = ByteBuffer.allocateDirect(format.maxPayloadLength());
        try (ZstdCodec codec = ZstdCodec.open()) {
            byte[] bytes = new byte[codec.encode(raw.payloadByteBuffer(), raw.format(), target)];
            target.get(0, bytes);
            return new TestFrame(format, raw.sequence(), bytes);
        }
    }
}
