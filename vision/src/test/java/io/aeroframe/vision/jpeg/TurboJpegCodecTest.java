package io.aeroframe.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.SyntheticPictures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.opencv.core.Mat;

class TurboJpegCodecTest extends JpegCodecContract {

    private static final byte UNTOUCHED = 77;

    TurboJpegCodecTest() throws IOException {
        super(Turbo.assumeThere());
    }

    @Test
    void encodesAndDecodesWithoutCopy() throws Exception {
        FrameFormat format = FrameFormat.bgr24(320, 240);
        ByteBuffer pixels = ByteBuffer.allocateDirect(format.maxPayloadLength());
        ByteBuffer jpeg = ByteBuffer.allocateDirect(FrameFormat.jpeg(320, 240).maxPayloadLength());
        int length = codec().encode(pixels, format, 80, jpeg);
        codec().decode(jpeg, length, pixels, format);
        assertEquals(0, codec().encodeCopies());
        assertEquals(0, codec().decodeCopies());
        assertTrue(AllocatedBytes.perCall(50, i -> codec().decode(jpeg, length, pixels, format)) < 16);
    }

    /** The library takes for granted that there is room for the worst case: less must not be written over. */
    @Test
    void neverWritesPastATargetThatIsSmallerThanTheWorstCase() throws IOException {
        FrameFormat format = FrameFormat.bgr24(321, 243);
        byte[] noise = new byte[format.maxPayloadLength()];
        new Random(3).nextBytes(noise);
        ByteBuffer pixels = ByteBuffer.allocateDirect(noise.length).put(0, noise);
        ByteBuffer jpeg = ByteBuffer.allocateDirect(4 * noise.length);
        for (ChromaSubsampling subsampling : ChromaSubsampling.values()) {
            int length = codec().encode(pixels, format, 100, subsampling, jpeg.clear());
            assertEquals(0, codec().encodeCopies());
            for (int i = 0; i < jpeg.capacity(); i++) {
                jpeg.put(i, UNTOUCHED);
            }
            assertEquals(length, codec().encode(pixels, format, 100, subsampling, jpeg.limit(length)));
            assertEquals(1, codec().encodeCopies());
            assertThrows(
                    IOException.class, () -> codec().encode(pixels, format, 100, subsampling, jpeg.limit(length - 1)));
            for (int i = length; i < jpeg.capacity(); i++) {
                assertEquals(UNTOUCHED, jpeg.get(jpeg.clear().position() + i), subsampling + " at " + i);
            }
        }
    }

    @Test
    void theRoomItAsksForIsEnoughForNoise() throws IOException {
        for (int side = 1; side < 40; side++) {
            FrameFormat format = FrameFormat.bgr24(side, 41 - side);
            byte[] noise = new byte[format.maxPayloadLength()];
            new Random(side).nextBytes(noise);
            ByteBuffer pixels = ByteBuffer.allocateDirect(noise.length).put(0, noise);
            for (ChromaSubsampling subsampling : ChromaSubsampling.values()) {
                ByteBuffer jpeg = ByteBuffer.allocateDirect(codec().maxEncodedLength(format, subsampling));
                codec().encode(pixels, format, 100, subsampling, jpeg);
                assertEquals(0, codec().encodeCopies());
            }
        }
    }

    @Test
    void decodesTheSameAsOpenCv() throws IOException {
        Mat photograph = SyntheticPictures.photograph(640, 480);
        byte[] image = SyntheticPictures.jpeg(photograph, 80);
        ByteBuffer jpeg = ByteBuffer.allocateDirect(image.length).put(0, image);
        FrameFormat format = FrameFormat.bgr24(640, 480);
        ByteBuffer ours = ByteBuffer.allocateDirect(format.maxPayloadLength());
        ByteBuffer others = ByteBuffer.allocateDirect(format.maxPayloadLength());
        codec().decode(jpeg, image.length, ours, format);
        try (JpegCodec openCv = new OpenCvJpegCodec()) {
            openCv.decode(jpeg, image.length, others, format);
        }
        assertEquals(others, ours);
    }

    @Test
    void refusesToBeUsedOnceClosed() {
        FrameFormat format = FrameFormat.gray8(8, 8);
        ByteBuffer buffer = ByteBuffer.allocateDirect(100_000);
        codec().close();
        assertThrows(IllegalStateException.class, () -> codec().encode(buffer, format, 80, buffer));
        assertThrows(IllegalStateException.class, () -> codec().decode(buffer, 64, buffer, format));
    }
}
