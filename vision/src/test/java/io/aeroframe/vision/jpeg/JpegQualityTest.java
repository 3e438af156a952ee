package io.aeroframe.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Psnr;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.internal.PixelConverter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** What is left of a picture that was encoded and decoded: every pixel format, odd sizes, padded rows, both codecs. */
class JpegQualityTest {

    private static final double GOOD_PSNR_DB = 35;
    private static final byte UNTOUCHED = 77;
    private static final int QUALITY = 95;

    static List<Arguments> shapes() {
        List<Arguments> shapes = new ArrayList<>();
        for (String codec : List.of("turbo", "opencv")) {
            for (PixelFormat pixels : List.of(
                    PixelFormat.BGR24, PixelFormat.RGB24, PixelFormat.BGRA32, PixelFormat.GRAY8, PixelFormat.I420)) {
                for (int[] size : new int[][] {{1, 1}, {2, 2}, {3, 5}, {5, 3}, {16, 16}, {321, 243}, {322, 243}}) {
                    shapes.add(Arguments.of(codec, pixels, size[0], size[1]));
                }
            }
        }
        return shapes;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aPictureStaysCloseToItself(String name, PixelFormat pixels, int width, int height) throws IOException {
        FrameFormat format = withPadding(pixels, width, height);
        ByteBuffer frame = picture(format);
        try (JpegCodec codec = codec(name)) {
            ByteBuffer jpeg = ByteBuffer.allocateDirect(codec.maxEncodedLength(format, ChromaSubsampling.YUV444));
            int length = codec.encode(frame.asReadOnlyBuffer(), format, QUALITY, ChromaSubsampling.YUV444, jpeg);
            ByteBuffer decoded = untouched(format);
            codec.decode(jpeg.asReadOnlyBuffer(), length, decoded, format);
            assertClose(format, frame, decoded);
        }
    }

    /** Whatever was encoded, and whatever it is decoded to, it is the same picture. */
    @ParameterizedTest
    @MethodSource("shapes")
    void anImageIsDecodedToWhatIsAskedFor(String name, PixelFormat pixels, int width, int height) throws IOException {
        FrameFormat from = withPadding(PixelFormat.BGR24, width, height);
        FrameFormat to = withPadding(pixels, width, height);
        for (ChromaSubsampling subsampling : ChromaSubsampling.values()) {
            try (JpegCodec codec = codec(name)) {
                ByteBuffer jpeg = ByteBuffer.allocateDirect(codec.maxEncodedLength(from, subsampling));
                int length = codec.encode(picture(from), from, QUALITY, subsampling, jpeg);
                ByteBuffer decoded = untouched(to);
                codec.decode(jpeg, length, decoded, to);
                if (subsampling == ChromaSubsampling.YUV444 || pixels == PixelFormat.GRAY8) {
                    assertClose(to, picture(to), decoded);
                }
                ByteBuffer luma = untouched(FrameFormat.gray8(width, height));
                codec.decode(jpeg, length, luma, FrameFormat.gray8(width, height));
                assertClose(FrameFormat.gray8(width, height), luma, grayOf(to, decoded));
            }
        }
    }

    private static JpegCodec codec(String name) throws IOException {
        return name.equals("turbo") ? Turbo.assumeThere() : new OpenCvJpegCodec();
    }

    private static FrameFormat withPadding(PixelFormat pixels, int width, int height) {
        return new FrameFormat(
                width, height, pixels.minStride(width) + 6, pixels, FrameEncoding.RAW, ColorEncoding.BT601_FULL);
    }

    /** Soft, so that at a pixel or two a side there is no more colour than 4:2:0 can keep. */
    private static ByteBuffer picture(FrameFormat format) {
        Mat soft = new Mat();
        Imgproc.resize(
                SyntheticPictures.photograph(400, 300).submat(100, 104, 100, 104),
                soft,
                new Size(Math.max(16, format.width()), Math.max(16, format.height())),
                0,
                0,
                Imgproc.INTER_CUBIC);
        byte[] bgr = SyntheticPictures.bytes(
                soft.submat(0, format.height(), 0, format.width()).clone());
        FrameFormat from = FrameFormat.bgr24(format.width(), format.height());
        ByteBuffer source = ByteBuffer.allocateDirect(bgr.length).put(0, bgr);
        ByteBuffer frame = ByteBuffer.allocateDirect(format.maxPayloadLength());
        try (PixelConverter converter = new PixelConverter(from, format)) {
            converter.convert(source, frame);
        }
        return frame;
    }

    private static ByteBuffer grayOf(FrameFormat from, ByteBuffer frame) {
        FrameFormat gray = FrameFormat.gray8(from.width(), from.height());
        ByteBuffer luma = ByteBuffer.allocateDirect(gray.maxPayloadLength());
        try (PixelConverter converter = new PixelConverter(from, gray)) {
            converter.convert(frame, luma);
        }
        return luma;
    }

    private static ByteBuffer untouched(FrameFormat format) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(format.maxPayloadLength());
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, UNTOUCHED);
        }
        return buffer;
    }

    /**
     * Close where there is picture. Between the rows nothing was written, except by a conversion that rounds planes up.
     */
    private static void assertClose(FrameFormat format, ByteBuffer expected, ByteBuffer actual) {
        PixelFormat pixels = format.pixelFormat();
        for (int plane = 0; plane < pixels.planeCount(); plane++) {
            int rowLength = pixels.rowLength(plane, format.width());
            int stride = pixels.planeStride(plane, format.stride());
            int rows = pixels.planeHeight(plane, format.height());
            int offset = (int) pixels.planeOffset(plane, format.stride(), format.height());
            byte[] wanted = new byte[rowLength * rows];
            byte[] got = new byte[rowLength * rows];
            for (int row = 0; row < rows; row++) {
                expected.get(offset + row * stride, wanted, row * rowLength, rowLength);
                actual.get(offset + row * stride, got, row * rowLength, rowLength);
                if (plane == 0 && stride > rowLength) {
                    assertEquals(UNTOUCHED, actual.get(offset + row * stride + rowLength), "padding of row " + row);
                }
            }
            if (pixels == PixelFormat.BGRA32) {
                for (int i = 3; i < got.length; i += 4) {
                    assertEquals(-1, got[i], "alpha");
                }
            }
            double psnr = Psnr.of(wanted, got);
            assertTrue(psnr >= GOOD_PSNR_DB, format.describe() + " plane=" + plane + " psnr=" + psnr);
        }
    }
}
