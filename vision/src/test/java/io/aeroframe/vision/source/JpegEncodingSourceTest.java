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
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegHeader;
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
import org.opencv.imgproc.Imgproc;

class JpegEncodingSourceTest {

    private static final SourceOptions JPEG = new SourceOptions().encoding(EncodingChoice.JPEG);

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
        try (FrameSource source =
                encoding(file, new SourceOptions().pixelFormat(null).encoding(EncodingChoice.JPEG))) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.jpeg(30, 20, PixelFormat.GRAY8), source.format());
            assertTrue(source.write(ByteBuffer.allocateDirect(source.maxPayloadLength())) > 100);
        }
    }

    @Test
    void encodesWhatThePictureIsWhereTheSourcesOwnPixelsAreAskedFor() throws IOException {
        Mat alpha = new Mat();
        Imgproc.cvtColor(photograph, alpha, Imgproc.COLOR_BGR2BGRA);
        Mat deep = new Mat();
        Mat gray = new Mat();
        Imgproc.cvtColor(photograph, gray, Imgproc.COLOR_BGR2GRAY);
        gray.convertTo(deep, CvType.CV_16UC1, 257);
        assertTrue(Imgcodecs.imwrite(temp.resolve("1.png").toString(), alpha));
        assertTrue(Imgcodecs.imwrite(temp.resolve("2.png").toString(), deep));
        SourceOptions nativePixels = new SourceOptions()
                .pixelFormat(null)
                .encoding(EncodingChoice.JPEG)
                .quality(90);
        try (FrameSource source = FrameSources.open(temp.toString(), nativePixels)) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.jpeg(120, 90), source.format());
            assertTrue(Core.PSNR(photograph, decoded(source, FrameFormat.bgr24(120, 90))) > 34);
            assertTrue(source.advance());
            assertEquals(FrameFormat.jpeg(120, 90, PixelFormat.GRAY8), source.format());
            assertTrue(Core.PSNR(gray, decoded(source, FrameFormat.gray8(120, 90))) > 34);
        }
    }

    /**
     * The planes of video are those of JPEG, but for their range and matrix: on neither way may they look washed out.
     */
    @Test
    void encodesVideoFromItsOwnPlanes() throws Exception {
        FfmpegTool.assumeInstalled();
        Path clip = FfmpegTool.clip(temp.resolve("clip.mp4"), "322x242", 5, 2, "-c:v", "mpeg4", "-q:v", "1");
        FrameFormat bgr = FrameFormat.bgr24(322, 242);
        try (FrameSource planes = FrameSources.open(
                        clip.toString(),
                        new SourceOptions()
                                .pixelFormat(null)
                                .encoding(EncodingChoice.JPEG)
                                .quality(95));
                FrameSource raw = FrameSources.open(
                        clip.toString(),
                        new SourceOptions().encoding(EncodingChoice.RAW).quality(95))) {
            assertTrue(planes.advance());
            assertTrue(raw.advance());
            ByteBuffer expected = ByteBuffer.allocateDirect(bgr.maxPayloadLength());
            raw.write(expected);
            Mat shown = decoded(planes, bgr);
            // OpenCV's chroma is the nearest sample's, so that edges of colour differ
            Mat difference = new Mat();
            Core.absdiff(Mats.view(expected, bgr), shown, difference);
            Scalar mean = Core.mean(difference);
            for (int i = 0; i < 3; i++) {
                assertTrue(mean.val[i] < 5, "mean difference " + mean);
            }
        }
    }

    @Test
    void keepsAsMuchColourAsIsAskedFor() throws IOException {
        assertTrue(Imgcodecs.imwrite(temp.resolve("1.png").toString(), photograph));
        for (ChromaSubsampling subsampling : ChromaSubsampling.values()) {
            SourceOptions options =
                    new SourceOptions().encoding(EncodingChoice.JPEG).subsampling(subsampling);
            try (FrameSource source = FrameSources.open(temp.toString(), options)) {
                assertTrue(source.advance());
                boolean isGray = subsampling == ChromaSubsampling.GRAY;
                assertEquals(
                        isGray ? PixelFormat.GRAY8 : PixelFormat.BGR24,
                        source.format().pixelFormat());
                ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
                int length = source.write(target);
                assertEquals(isGray ? 1 : 3, JpegHeader.parse(target, length).components());
            }
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

    private static Mat decoded(FrameSource source, FrameFormat format) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
        int length = source.write(target);
        ByteBuffer decoded = ByteBuffer.allocateDirect(format.maxPayloadLength());
        try (JpegCodec decoder = JpegCodecs.open()) {
            decoder.decode(target, length, decoded, format);
        }
        return Mats.view(decoded, format);
    }

    private static FrameSource encoding(String spec, SourceOptions options) throws IOException {
        return JpegEncodingSource.of(PictureSource.open(spec, options), JpegCodecs.open(), options.quality());
    }
}
