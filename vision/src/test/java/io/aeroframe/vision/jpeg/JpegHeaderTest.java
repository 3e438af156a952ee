package io.aeroframe.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.vision.SyntheticPictures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;

class JpegHeaderTest {

    private final byte[] color = SyntheticPictures.jpeg(SyntheticPictures.photograph(61, 43), 80);

    @Test
    void readsSizeAndComponents() throws IOException {
        assertEquals(new JpegHeader(61, 43, 3), JpegHeader.parse(ByteBuffer.wrap(color), color.length));
        byte[] gray = SyntheticPictures.jpeg(new Mat(7, 300, CvType.CV_8UC1, new Scalar(9)), 80);
        assertEquals(new JpegHeader(300, 7, 1), JpegHeader.parse(ByteBuffer.wrap(gray), gray.length));
    }

    @Test
    void readsProgressiveImagesAndThoseOfImageIo() throws IOException {
        MatOfByte progressive = new MatOfByte();
        Imgcodecs.imencode(
                ".jpg",
                SyntheticPictures.photograph(61, 43),
                progressive,
                new MatOfInt(Imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1, Imgcodecs.IMWRITE_JPEG_RST_INTERVAL, 3));
        byte[] jpeg = progressive.toArray();
        assertEquals(new JpegHeader(61, 43, 3), JpegHeader.parse(ByteBuffer.wrap(jpeg), jpeg.length));
        assertEquals(jpeg.length, JpegHeader.imageLength(ByteBuffer.wrap(jpeg), 0, jpeg.length));

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_3BYTE_BGR), "jpg", out));
        byte[] other = out.toByteArray();
        assertEquals(new JpegHeader(20, 10, 3), JpegHeader.parse(ByteBuffer.wrap(other), other.length));
    }

    @Test
    void readsAtAnOffsetAndLeavesThePositionAlone() throws IOException {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(color.length + 10).put(5, color).position(3);
        assertEquals(new JpegHeader(61, 43, 3), JpegHeader.parse(buffer, 5, color.length));
        assertEquals(3, buffer.position());
        assertThrows(IllegalArgumentException.class, () -> JpegHeader.parse(buffer, 11, color.length));
        assertThrows(IllegalArgumentException.class, () -> JpegHeader.parse(buffer, -1, 3));
        assertThrows(IllegalArgumentException.class, () -> JpegHeader.parse(buffer, 1, -1));
    }

    @Test
    void refusesEveryTruncation() {
        ByteBuffer buffer = ByteBuffer.wrap(color);
        for (int length = 0; length < color.length; length++) {
            int truncated = length;
            assertThrows(JpegFormatException.class, () -> JpegHeader.parse(buffer, truncated), "length=" + length);
            assertThrows(JpegFormatException.class, () -> JpegHeader.imageLength(buffer, 0, truncated));
        }
    }

    @Test
    void toleratesThePaddingThatCamerasAdd() throws IOException {
        for (int padding : new int[] {1, 62, 63, 100_000}) {
            byte[] padded = Arrays.copyOf(color, color.length + padding);
            assertEquals(new JpegHeader(61, 43, 3), JpegHeader.parse(ByteBuffer.wrap(padded), padded.length));
            byte[] cut = Arrays.copyOf(Arrays.copyOf(color, color.length - 2), padded.length);
            assertThrows(JpegFormatException.class, () -> JpegHeader.parse(ByteBuffer.wrap(cut), cut.length));
        }
    }

    @Test
    void findsTheEndOfAnImageWithAFilmBehindIt() throws IOException {
        byte[] followed = Arrays.copyOf(color, color.length + 5000);
        assertEquals(color.length, JpegHeader.imageLength(ByteBuffer.wrap(followed), 0, followed.length));
    }

    @Test
    void findsGarbageInsideAScan() {
        byte[] broken = color.clone();
        broken[broken.length - 60] = (byte) 0xFF;
        broken[broken.length - 59] = (byte) 0xC0;
        JpegFormatException refused = assertThrows(
                JpegFormatException.class, () -> JpegHeader.imageLength(ByteBuffer.wrap(broken), 0, broken.length));
        assertTrue(refused.getMessage().contains("inside a scan"), refused.getMessage());
    }

    @Test
    void saysWhatIsWrong() {
        assertEquals("not a JPEG image: it does not start with FF D8", refusal(new byte[100]));
        byte[] noHeight = color.clone();
        int frameHeader = indexOfFrameHeader(noHeight);
        noHeight[frameHeader + 5] = 0;
        noHeight[frameHeader + 6] = 0;
        assertEquals("corrupt JPEG image: a size of 61x0", refusal(noHeight));
        byte[] arithmetic = color.clone();
        arithmetic[frameHeader + 1] = (byte) 0xC9;
        assertTrue(refusal(arithmetic).contains("not supported"), refusal(arithmetic));
        byte[] deep = color.clone();
        deep[frameHeader + 4] = 12;
        assertTrue(refusal(deep).contains("12 bits a sample"), refusal(deep));
    }

    @Test
    void throwsNothingElseWhateverTheBytes() {
        Random random = new Random(42);
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] mutated = mutate(color, random);
            ByteBuffer buffer = ByteBuffer.wrap(mutated);
            try {
                JpegHeader.parse(buffer, mutated.length);
                JpegHeader.imageLength(buffer, 0, mutated.length);
            } catch (JpegFormatException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "refused=" + refused);
    }

    static byte[] mutate(byte[] jpeg, Random random) {
        byte[] mutated = random.nextInt(4) == 0 ? Arrays.copyOf(jpeg, random.nextInt(jpeg.length + 80)) : jpeg.clone();
        int changes = random.nextInt(6);
        for (int i = 0; i < changes && mutated.length > 0; i++) {
            // headers are short against the scan: half of the changes go there
            int at = random.nextInt(random.nextBoolean() ? Math.min(mutated.length, 700) : mutated.length);
            mutated[at] = (byte) (random.nextInt(3) == 0 ? 0xFF : random.nextInt(256));
        }
        return mutated;
    }

    private static String refusal(byte[] jpeg) {
        return assertThrows(JpegFormatException.class, () -> JpegHeader.parse(ByteBuffer.wrap(jpeg), jpeg.length))
                .getMessage();
    }

    static int indexOfFrameHeader(byte[] jpeg) {
        for (int i = 0; i < jpeg.length - 1; i++) {
            if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xC0) {
                return i;
            }
        }
        throw new AssertionError("no frame header");
    }
}
