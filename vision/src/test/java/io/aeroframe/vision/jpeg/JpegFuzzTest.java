package io.aeroframe.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.SyntheticPictures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Damaged images: either a picture of the right size or a {@link JpegFormatException}, and nothing is written past the
 * target.
 */
class JpegFuzzTest {

    private static final int WIDTH = 61;
    private static final int HEIGHT = 43;
    private static final int IMAGES = 10_000;
    private static final int MARGIN = 4_096;
    private static final byte UNTOUCHED = 77;

    private final List<byte[]> images = images();

    @ParameterizedTest
    @ValueSource(strings = {"turbo", "opencv"})
    void tenThousandDamagedImagesAreRefusedOrDecoded(String name) throws IOException {
        Random random = new Random(7);
        FrameFormat[] formats = {
            FrameFormat.bgr24(WIDTH, HEIGHT),
            FrameFormat.raw(PixelFormat.BGRA32, WIDTH, HEIGHT),
            FrameFormat.gray8(WIDTH, HEIGHT),
            FrameFormat.raw(PixelFormat.I420, WIDTH, HEIGHT).withColor(ColorEncoding.BT601_FULL)
        };
        // OpenCV's library writes of progressive ones to standard error, thousands of lines
        List<byte[]> images = name.equals("opencv") ? sequential() : this.images;
        ByteBuffer jpeg = ByteBuffer.allocateDirect(MARGIN + images.get(0).length * 2);
        ByteBuffer memory = ByteBuffer.allocateDirect(formats[1].maxPayloadLength() + MARGIN);
        int refused = 0;
        try (JpegCodec codec = codec(name)) {
            for (int i = 0; i < IMAGES; i++) {
                byte[] mutated = JpegHeaderTest.mutate(images.get(i % images.size()), random);
                FrameFormat format = formats[i / images.size() % formats.length];
                int length = format.maxPayloadLength();
                for (int at = length; at < memory.capacity(); at += 64) {
                    memory.put(at, UNTOUCHED);
                }
                try {
                    codec.decode(jpeg.put(0, mutated), mutated.length, memory.limit(length), format);
                } catch (JpegFormatException e) {
                    refused++;
                }
                memory.clear();
                for (int at = length; at < memory.capacity(); at += 64) {
                    assertEquals(UNTOUCHED, memory.get(at), "image " + i + " was written past its frame");
                }
            }
        }
        assertTrue(refused > IMAGES / 3, "refused=" + refused);
        assertTrue(refused < IMAGES, "refused=" + refused);
    }

    /** OpenCV is never given what libjpeg would complain of: it would show a picture. */
    @Test
    void theCheckOfCodesFindsWhatLibjpegWarnsOf() throws IOException {
        FrameFormat format = FrameFormat.bgr24(WIDTH, HEIGHT);
        ByteBuffer target = ByteBuffer.allocateDirect(format.maxPayloadLength());
        Random random = new Random(8);
        int missed = 0;
        int strict = 0;
        int both = 0;
        try (JpegCodec turbo = Turbo.assumeThere();
                JpegCodec openCv = new OpenCvJpegCodec()) {
            for (int i = 0; i < IMAGES; i++) {
                byte[] mutated =
                        JpegHeaderTest.mutate(sequential().get(i % sequential().size()), random);
                ByteBuffer jpeg = direct(mutated);
                boolean isShown = isDecoded(openCv, jpeg, mutated.length, target, format);
                boolean isWhole = isDecoded(turbo, jpeg, mutated.length, target, format);
                missed += isShown && !isWhole ? 1 : 0;
                strict += !isShown && isWhole ? 1 : 0;
                both += !isShown && !isWhole ? 1 : 0;
            }
        }
        assertTrue(
                missed * 500 <= both && strict * 50 <= both,
                "missed=" + missed + " strict=" + strict + " both=" + both);
    }

    private static boolean isDecoded(
            JpegCodec codec, ByteBuffer jpeg, int length, ByteBuffer target, FrameFormat format) throws IOException {
        try {
            codec.decode(jpeg, length, target, format);
            return true;
        } catch (JpegFormatException e) {
            return false;
        }
    }

    /** The end-of-image marker is there, so that only what is missing before it shows. */
    @ParameterizedTest
    @ValueSource(strings = {"turbo", "opencv"})
    void anImageWithoutItsLastRowsIsNoPicture(String name) throws IOException {
        FrameFormat format = FrameFormat.bgr24(WIDTH, HEIGHT);
        ByteBuffer target = ByteBuffer.allocateDirect(format.maxPayloadLength());
        byte[] whole = images.get(0);
        int scan = indexOfScan(whole);
        try (JpegCodec codec = codec(name)) {
            assertDoesNotThrow(() -> codec.decode(direct(whole), whole.length, target, format));
            for (int cut = scan + 40; cut < whole.length - 6; cut += 7) {
                byte[] image = Arrays.copyOf(whole, cut + 2);
                image[cut - 1] = image[cut - 1] == (byte) 0xFF ? 0 : image[cut - 1]; // no marker by chance
                image[cut] = (byte) 0xFF;
                image[cut + 1] = (byte) 0xD9;
                assertThrows(
                        JpegFormatException.class,
                        () -> codec.decode(direct(image), image.length, target, format),
                        "cut=" + cut);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"turbo", "opencv"})
    void bytesTooManyInAScanAreLeftOut(String name) throws IOException {
        FrameFormat format = FrameFormat.bgr24(WIDTH, HEIGHT);
        ByteBuffer target = ByteBuffer.allocateDirect(format.maxPayloadLength());
        byte[] whole = images.get(0);
        byte[] image = Arrays.copyOf(whole, whole.length + 40);
        System.arraycopy(whole, whole.length - 2, image, image.length - 2, 2);
        Arrays.fill(image, whole.length - 2, image.length - 2, (byte) 0x5A);
        try (JpegCodec codec = codec(name)) {
            codec.decode(direct(whole), whole.length, target, format);
            ByteBuffer expected = copyOf(target);
            long before = JpegCodecs.decodedWithWarnings();
            codec.decode(direct(image), image.length, target, format);
            assertEquals(expected, target);
            assertEquals(1, JpegCodecs.decodedWithWarnings() - before);
        }
    }

    private static ByteBuffer copyOf(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.capacity())
                .put(bytes.duplicate().clear())
                .flip();
    }

    /** Between segments, as some cameras have it; refused where only undamaged images are wanted. */
    @ParameterizedTest
    @ValueSource(strings = {"turbo", "opencv"})
    void strayBytesBeforeAMarkerAreLeftOut(String name) throws IOException {
        FrameFormat format = FrameFormat.bgr24(WIDTH, HEIGHT);
        ByteBuffer target = ByteBuffer.allocateDirect(format.maxPayloadLength());
        byte[] whole = images.get(0);
        int header = JpegHeaderTest.indexOfFrameHeader(whole);
        ByteBuffer image = ByteBuffer.allocateDirect(whole.length + 5);
        image.put(whole, 0, header).put(new byte[] {0, 1, 2, (byte) 0xFF, 0}).put(whole, header, whole.length - header);
        try (JpegCodec codec = codec(name)) {
            codec.decode(direct(whole), whole.length, target, format);
            ByteBuffer expected = copyOf(target);
            long before = JpegCodecs.decodedWithWarnings();
            codec.decode(image, image.capacity(), target, format);
            assertEquals(expected, target);
            assertEquals(1, JpegCodecs.decodedWithWarnings() - before);
            System.setProperty(JpegCodecs.STRICT_PROPERTY, "true");
            try {
                assertThrows(JpegFormatException.class, () -> codec.decode(image, image.capacity(), target, format));
            } finally {
                System.clearProperty(JpegCodecs.STRICT_PROPERTY);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"turbo", "opencv"})
    void anImageOfMorePixelsThanTheLimitIsRefusedBeforeItIsDecoded(String name) throws IOException {
        byte[] huge = images.get(0).clone();
        int header = JpegHeaderTest.indexOfFrameHeader(huge);
        for (int i = 5; i < 9; i++) {
            huge[header + i] = (byte) 0xFF; // 65535x65535
        }
        ByteBuffer target = ByteBuffer.allocateDirect(3 * WIDTH * HEIGHT);
        try (JpegCodec codec = codec(name)) {
            JpegFormatException refused = assertThrows(
                    JpegFormatException.class,
                    () -> codec.decode(direct(huge), huge.length, target, FrameFormat.bgr24(WIDTH, HEIGHT)));
            assertEquals(
                    "a JPEG image of 65535x65535 has more pixels than the limit of 134217728; allow more with"
                            + " -Daeroframe.jpeg.maxPixels=N",
                    refused.getMessage());
        }
        assertThrows(JpegFormatException.class, () -> JpegCodecs.requireDecodable(FrameFormat.jpeg(65_535, 65_535)));
        assertDoesNotThrow(() -> JpegCodecs.requireDecodable(FrameFormat.jpeg(15_360, 8_640)));
    }

    /** Restarts, several scans, every subsampling: what is whole must not be refused. */
    @Test
    void theCheckOfCodesTakesEveryWholeImage() throws IOException {
        EntropyChecker checker = new EntropyChecker();
        for (byte[] image : images) {
            assertDoesNotThrow(() -> checker.check(direct(image), image.length));
        }
        for (int side = 1; side < 40; side += 3) {
            Mat picture = SyntheticPictures.photograph(side, 41 - side);
            for (int quality = 1; quality <= 100; quality += 33) {
                byte[] image = SyntheticPictures.jpeg(picture, quality);
                assertDoesNotThrow(() -> checker.check(direct(image), image.length));
            }
        }
    }

    private static JpegCodec codec(String name) throws IOException {
        return name.equals("turbo") ? Turbo.assumeThere() : new OpenCvJpegCodec();
    }

    private List<byte[]> sequential() {
        return images.subList(0, images.size() - 1);
    }

    private static List<byte[]> images() {
        Mat picture = SyntheticPictures.photograph(WIDTH, HEIGHT);
        List<byte[]> images = new ArrayList<>();
        images.add(SyntheticPictures.jpeg(picture, 80));
        images.add(encode(picture, Imgcodecs.IMWRITE_JPEG_RST_INTERVAL, 3));
        images.add(encode(picture, Imgcodecs.IMWRITE_JPEG_OPTIMIZE, 1));
        images.add(encode(picture, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444));
        images.add(encode(picture, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_411));
        images.add(encode(picture, Imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1));
        return images;
    }

    private static byte[] encode(Mat picture, int... parameters) {
        MatOfByte encoded = new MatOfByte();
        assertTrue(Imgcodecs.imencode(".jpg", picture, encoded, new MatOfInt(parameters)));
        return encoded.toArray();
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    }

    private static int indexOfScan(byte[] jpeg) {
        for (int i = 0; i < jpeg.length - 1; i++) {
            if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xDA) {
                return i;
            }
        }
        throw new AssertionError("no scan");
    }
}
