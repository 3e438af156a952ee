package io.aeroframe.vision.sink;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A colour chart in every pixel format: red, green, blue and white quarters, from the top left as one reads. The YUV
 * values are worked out here from the matrices of ITU-R BT.601 and BT.709, independently of the code under test.
 */
final class TestPicture {

    private static final int[] QUARTERS = {0xff0000, 0x00ff00, 0x0000ff, 0xffffff};

    private TestPicture() {}

    static TestFrame chart(PixelFormat pixels, int width, int height, int padding, long sequence) {
        FrameFormat format = new FrameFormat(
                width,
                height,
                pixels.minStride(width) + padding,
                pixels,
                FrameEncoding.RAW,
                ColorEncoding.BT709_LIMITED);
        return chart(format, sequence);
    }

    static TestFrame chart(FrameFormat format, long sequence) {
        byte[] bytes = new byte[format.maxPayloadLength()];
        for (int y = 0; y < format.height(); y++) {
            for (int x = 0; x < format.width(); x++) {
                put(bytes, format, x, y, rgbAt(format.width(), format.height(), x, y));
            }
        }
        return new TestFrame(format, sequence, bytes);
    }

    /** Encoded by the Java runtime's own encoder. */
    static TestFrame jpegChart(int width, int height, long sequence) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgbAt(width, height, x, y));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "jpg", stream);
        }
        return new TestFrame(FrameFormat.jpeg(width, height), sequence, bytes.toByteArray());
    }

    static byte[] jpegBytes(int width, int height) throws IOException {
        TestFrame frame = jpegChart(width, height, 0);
        byte[] bytes = new byte[frame.payloadLength()];
        frame.payload().getBytes(0, bytes);
        return bytes;
    }

    static int rgbAt(int width, int height, int x, int y) {
        return QUARTERS[(x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2)];
    }

    /** Luminance by BT.601 of full range, rounded. */
    static int grayOf(int rgb) {
        return (int) Math.round(0.299 * (rgb >> 16 & 255) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255));
    }

    private static void put(byte[] bytes, FrameFormat format, int x, int y, int rgb) {
        int row = y * format.stride();
        byte red = (byte) (rgb >> 16);
        byte green = (byte) (rgb >> 8);
        byte blue = (byte) rgb;
        switch (format.pixelFormat()) {
            case GRAY8 -> bytes[row + x] = (byte) grayOf(rgb);
            case GRAY16 -> {
                bytes[row + 2 * x] = 0x55;
                bytes[row + 2 * x + 1] = (byte) grayOf(rgb);
            }
            case BGR24 -> set(bytes, row + 3 * x, blue, green, red);
            case RGB24 -> set(bytes, row + 3 * x, red, green, blue);
            case BGRA32 -> {
                set(bytes, row + 4 * x, blue, green, red);
                bytes[row + 4 * x + 3] = (byte) 0xff;
            }
            default -> putYuv(bytes, format, x, y, rgb);
        }
    }

    private static void set(byte[] bytes, int at, byte first, byte second, byte third) {
        bytes[at] = first;
        bytes[at + 1] = second;
        bytes[at + 2] = third;
    }

    private static void putYuv(byte[] bytes, FrameFormat format, int x, int y, int rgb) {
        double kr = format.color().isBt709() ? 0.2126 : 0.299;
        double kb = format.color().isBt709() ? 0.0722 : 0.114;
        double red = (rgb >> 16 & 255) / 255.0;
        double green = (rgb >> 8 & 255) / 255.0;
        double blue = (rgb & 255) / 255.0;
        double luma = kr * red + (1 - kr - kb) * green + kb * blue;
        double cb = (blue - luma) / (2 * (1 - kb));
        double cr = (red - luma) / (2 * (1 - kr));
        boolean full = format.color().isFullRange();
        byte lumaByte = (byte) Math.round(full ? 255 * luma : 16 + 219 * luma);
        byte u = chroma(cb, full);
        byte v = chroma(cr, full);
        int stride = format.stride();
        int row = y * stride;
        int height = format.height();
        switch (format.pixelFormat()) {
            case YUYV -> {
                bytes[row + 2 * x] = lumaByte;
                bytes[row + (x / 2) * 4 + 1] = u;
                bytes[row + (x / 2) * 4 + 3] = v;
            }
            case NV12 -> {
                bytes[row + x] = lumaByte;
                int at = (int) PixelFormat.NV12.planeOffset(1, stride, height)
                        + (y / 2) * PixelFormat.NV12.planeStride(1, stride)
                        + (x / 2) * 2;
                bytes[at] = u;
                bytes[at + 1] = v;
            }
            case I420 -> {
                bytes[row + x] = lumaByte;
                int chromaRow = (y / 2) * PixelFormat.I420.planeStride(1, stride) + x / 2;
                bytes[(int) PixelFormat.I420.planeOffset(1, stride, height) + chromaRow] = u;
                bytes[(int) PixelFormat.I420.planeOffset(2, stride, height) + chromaRow] = v;
            }
            default -> throw new IllegalArgumentException(format.pixelFormat() + " is not YUV");
        }
    }

    private static byte chroma(double value, boolean full) {
        return (byte) Math.min(255, Math.round(128 + (full ? 255 : 224) * value));
    }
}
