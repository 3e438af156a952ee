package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import io.aeroframe.vision.zstd.ZstdCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opencv.imgcodecs.Imgcodecs;

class ZstdEncodingSourceTest {

    @TempDir
    private Path temp;

    @ParameterizedTest
    @EnumSource(
            value = PixelFormat.class,
            names = {"BGR24", "RGB24", "GRAY8", "I420", "YUYV"})
    void framesDecompressToWhatTheSourceDeliversRaw(PixelFormat pixels) throws IOException {
        for (int i = 0; i < 3; i++) {
            assertTrue(Imgcodecs.imwrite(
                    temp.resolve(i + ".png").toString(), SyntheticPictures.photograph(161, 91 - i / 2)));
        }
        try (FrameSource raw = FrameSources.open(temp.toString(), options(pixels, EncodingChoice.RAW));
                FrameSource source = FrameSources.open(temp.toString(), options(pixels, EncodingChoice.ZSTD));
                ZstdCodec codec = ZstdCodec.open()) {
            FrameFormat first = null;
            for (int i = 0; i < 3; i++) {
                assertTrue(raw.advance());
                assertTrue(source.advance());
                assertEquals(ZstdCodec.formatOf(raw.format()), source.format());
                FrameFormat format = source.format();
                first = first == null ? format : first;
                assertEquals(i < 2, format == first);
                assertEquals(raw.presentationTimeNs(), source.presentationTimeNs());
                ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
                int length = source.write(target);
                ByteBuffer decoded = ByteBuffer.allocateDirect(format.decoded().maxPayloadLength());
                codec.decode(target, length, decoded, format.decoded());
                byte[] bytes = new byte[decoded.capacity()];
                decoded.get(0, bytes);
                assertArrayEquals(Frames.bytes(raw), bytes);
            }
        }
    }

    @Test
    void jpegPicturesAreDecodedAndCompressed() throws IOException {
        byte[] jpeg = SyntheticPictures.jpeg(SyntheticPictures.photograph(50, 40), 90);
        Path file = Files.write(temp.resolve("1.jpg"), jpeg);
        try (FrameSource source = FrameSources.open(file.toString(), options(PixelFormat.BGR24, EncodingChoice.ZSTD));
                ZstdCodec codec = ZstdCodec.open()) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.zstd(PixelFormat.BGR24, 50, 40), source.format());
            ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
            ByteBuffer decoded = ByteBuffer.allocateDirect(50 * 40 * 3);
            codec.decode(target, source.write(target), decoded, FrameFormat.bgr24(50, 40));
            byte[] bytes = new byte[decoded.capacity()];
            decoded.get(0, bytes);
            assertArrayEquals(SyntheticPictures.bytes(Imgcodecs.imread(file.toString())), bytes);
            assertFalse(source.advance());
        }
    }

    @Test
    void allocatesNothingPerFrame() throws Exception {
        try (FrameSource source =
                FrameSources.open("pattern:160x90@50", options(PixelFormat.BGR24, EncodingChoice.ZSTD))) {
            assertTrue(source.advance());
            ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
            double bytes = AllocatedBytes.perCall(500, i -> {
                source.advance();
                source.write(target);
            });
            assertTrue(bytes < 64, bytes + " bytes a frame");
        }
    }

    private static SourceOptions options(PixelFormat pixels, EncodingChoice encoding) {
        return new SourceOptions().pixelFormat(pixels).encoding(encoding);
    }
}
