package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;

class JpegEncodingSourceTest {

    private static final SourceOptions JPEG =
            new SourceOptions(0, 0, PixelFormat.BGR24, EncodingChoice.JPEG, 80, false);

    @TempDir
    private Path temp;

    private final Mat photograph = SyntheticPictures.photograph(120, 90);

    @Test
    void encodesRawFramesAndPassesJpegFramesOn() throws IOException {
        byte[] jpeg = SyntheticPictures.jpeg(SyntheticPictures.photograph(50, 40), 33);
        Files.write(temp.resolve("1.jpg"), jpeg);
        assertTrue(Imgcodecs.imwrite(temp.resolve("2.png").toString(), photograph));
        assertTrue(Imgcodecs.imwrite(temp.resolve("3.png").toString(), photograph));
        try (FrameSource source = encoding(temp.toString(), JPEG);
                JpegCodec decoder = JpegCodecs.open()) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.jpeg(50, 40), source.format());
            ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
            byte[] passed = new byte[source.write(target)];
            target.get(0, passed);
            assertArrayEquals(jpeg, passed);

            assertTrue(source.advance());
            FrameFormat format = source.format();
            assertEquals(FrameFormat.jpeg(120, 90), format);
            target = ByteBuffer.allocateDirect(source.maxPayloadLength());
            int length = source.write(target);
            ByteBuffer decoded = ByteBuffer.allocateDirect(120 * 90 * 3);
            decoder.decode(target, length, decoded, FrameFormat.bgr24(120, 90));
            assertTrue(Core.PSNR(photograph, Mats.view(decoded, FrameFormat.bgr24(120, 90))) > 34);

            assertTrue(source.advance());
            assertSame(format, source.format());
            assertFalse(source.advance());
        }
    }

    @Test
    void encodesGrayFramesAsGray() throws IOException {
        Mat gray = new Mat(20, 30, CvType.CV_8UC1, new Scalar(99));
        String file = temp.resolve("g.png").toString();
        assertTrue(Imgcodecs.imwrite(file, gray));
        try (FrameSource source = encoding(file, new SourceOptions(0, 0, null, EncodingChoice.JPEG, 80, false))) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.jpeg(30, 20, PixelFormat.GRAY8), source.format());
            assertTrue(source.write(ByteBuffer.allocateDirect(source.maxPayloadLength())) > 100);
        }
    }

    @Test
    void refusesFormatsThatJpegDoesNotHave() throws IOException {
        String file = temp.resolve("alpha.png").toString();
        assertTrue(Imgcodecs.imwrite(file, new Mat(2, 2, CvType.CV_8UC4, new Scalar(1, 2, 3, 4))));
        try (FrameSource source = encoding(file, new SourceOptions(0, 0, null, EncodingChoice.JPEG, 80, false))) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, source::advance);
            assertEquals(
                    "2x2 BGRA32 frames cannot be encoded as JPEG; convert them with --format bgr24 or gray8",
                    refused.getMessage());
        }
    }

    @Test
    void keepsTheClockOfItsSource() throws IOException {
        FrameSource pattern = PatternSource.open("pattern:64x64@50", JPEG);
        try (FrameSource source = JpegEncodingSource.of(pattern, JpegCodecs.open(), 50)) {
            source.advance();
            source.advance();
            assertEquals(20_000_000, source.presentationTimeNs());
            assertEquals(50, source.framesPerSecond());
            assertEquals(pattern.describe(), source.describe());
            assertTrue(source.write(ByteBuffer.allocateDirect(source.maxPayloadLength())) > 0);
        }
        assertThrows(IllegalArgumentException.class, () -> JpegEncodingSource.of(pattern, JpegCodecs.open(), 0));
    }

    private static FrameSource encoding(String spec, SourceOptions options) throws IOException {
        return JpegEncodingSource.of(PictureSource.open(spec, options), JpegCodecs.open(), options.quality());
    }
}
