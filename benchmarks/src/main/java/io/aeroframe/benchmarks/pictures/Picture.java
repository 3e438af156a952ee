package io.aeroframe.benchmarks.pictures;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes the picture that is sent, always the same one for a format. */
public final class Picture {

    private static final int SEED = 42;

    /** With this many levels of noise, a JPEG is about as large as that of a photograph. */
    private static final int NOISE = 16;

    private Picture() {}

    /** Returns the payload of a frame: raw pixels, or a JPEG. */
    public static DirectBuffer of(FrameFormat format) {
        byte[] bytes = format.encoding() == FrameEncoding.JPEG
                ? jpeg(format.width(), format.height())
                : noise(format.maxPayloadLength());
        UnsafeBuffer picture = new UnsafeBuffer(BufferUtil.allocateDirectAligned(bytes.length, 64));
        picture.putBytes(0, bytes);
        return picture;
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(SEED).nextBytes(bytes);
        return bytes;
    }

    /** Returns the BGR pixels of the picture that a JPEG frame shows, in a direct buffer at position 0. */
    public static ByteBuffer pixels(FrameFormat format) {
        byte[] bgr = ((DataBufferByte)
                        image(format.width(), format.height()).getRaster().getDataBuffer())
                .getData();
        return ByteBuffer.allocateDirect(bgr.length).put(bgr).flip();
    }

    private static BufferedImage image(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int gray = (x * 128 / width + y * 96 / height) + random.nextInt(NOISE);
                image.setRGB(x, y, gray << 16 | gray << 8 | gray);
            }
        }
        return image;
    }

    private static byte[] jpeg(int width, int height) {
        BufferedImage image = image(width, height);
        ImageIO.setUseCache(false); // no temporary file
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "jpeg", bytes)) {
                throw new BenchException("this JVM has no JPEG encoder; use --encoding raw");
            }
        } catch (IOException ex) {
            throw new BenchException("the picture cannot be encoded: " + ex.getMessage(), ex);
        }
        return bytes.toByteArray();
    }
}
