package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Programs;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.jpeg.JpegHeader;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

class PictureSourceTest {

    private static final SourceOptions RAW = options(0, 0, PixelFormat.BGR24, EncodingChoice.RAW, false);
    private static final SourceOptions NATIVE = options(0, 0, null, EncodingChoice.RAW, false);

    @TempDir
    private Path temp;

    private final Mat photograph = SyntheticPictures.photograph(65, 47);

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp", "tif", "webp", "ppm", "jp2", "hdr"})
    void deliversTheBytesOfImread(String extension) throws IOException {
        Path file = temp.resolve("a." + extension);
        Mat picture = photograph;
        if (extension.equals("hdr")) {
            picture = new Mat();
            photograph.convertTo(picture, CvType.CV_32FC3, 1 / 255.0);
        }
        assertTrue(Imgcodecs.imwrite(file.toString(), picture));
        try (PictureSource source = PictureSource.open(file.toString(), RAW)) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.bgr24(65, 47), source.format());
            assertArrayEquals(SyntheticPictures.bytes(Imgcodecs.imread(file.toString())), frame(source));
            assertEquals(FrameSource.NO_TIME, source.presentationTimeNs());
            assertEquals(0, source.framesPerSecond());
            assertFalse(source.advance());
        }
    }

    @Test
    void deliversGrayFilesAsBgrUnlessTheNativeFormatIsAskedFor() throws IOException {
        Mat gray = new Mat();
        Imgproc.cvtColor(photograph, gray, Imgproc.COLOR_BGR2GRAY);
        String file = write("g.png", gray);
        assertEquals(PixelFormat.BGR24, firstFormat(file, RAW).pixelFormat());
        assertNative(file, PixelFormat.GRAY8);
    }

    @Test
    void deliversNativeFormatsUnchanged() throws IOException {
        Mat deep = new Mat(9, 7, CvType.CV_16UC1);
        Core.randu(deep, 0, 65535);
        assertNative(write("deep.png", deep), PixelFormat.GRAY16);
        Mat transparent = new Mat(9, 7, CvType.CV_8UC4);
        Core.randu(transparent, 0, 255);
        assertNative(write("transparent.png", transparent), PixelFormat.BGRA32);
        assertNative(write("color.png", photograph), PixelFormat.BGR24);
        Mat deepColor = new Mat(9, 7, CvType.CV_16UC3, new Scalar(256, 512, 1024));
        String file = write("deepcolor.png", deepColor);
        List<String> reports = new ArrayList<>();
        try (PictureSource source = PictureSource.open(file, NATIVE.copy().report(reports::add))) {
            assertTrue(source.advance());
            assertEquals(PixelFormat.BGR24, source.format().pixelFormat());
            assertArrayEquals(SyntheticPictures.bytes(Imgcodecs.imread(file)), frame(source));
        }
        assertEquals(
                List.of(file + ": its pixels are CV_16UC3, which is converted to BGR24 and loses some accuracy"),
                reports);
    }

    @Test
    void passesJpegFilesOnAsTheyAre() throws IOException {
        byte[] jpeg = SyntheticPictures.jpeg(photograph, 70);
        String file = write("a.jpg", jpeg);
        SourceOptions[] passing = {
            new SourceOptions(),
            options(0, 0, null, EncodingChoice.RAW_OR_PASSED_JPEG, false),
            options(0, 0, PixelFormat.BGR24, EncodingChoice.JPEG, false),
            options(65, 47, PixelFormat.BGR24, EncodingChoice.JPEG, false),
        };
        for (SourceOptions options : passing) {
            try (PictureSource source = PictureSource.open(file, options)) {
                assertTrue(source.advance());
                assertEquals(FrameFormat.jpeg(65, 47), source.format());
                assertArrayEquals(jpeg, frame(source));
            }
        }
    }

    @Test
    void decodesJpegFilesThatCannotBePassedOn() throws IOException {
        String file = write("a.jpg", SyntheticPictures.jpeg(photograph, 70));
        assertEquals(FrameEncoding.RAW, firstFormat(file, RAW).encoding());
        assertEquals(
                FrameEncoding.RAW,
                firstFormat(file, options(64, 47, PixelFormat.BGR24, EncodingChoice.JPEG, false))
                        .encoding());
        assertEquals(
                FrameEncoding.RAW,
                firstFormat(file, options(0, 0, PixelFormat.GRAY8, EncodingChoice.RAW_OR_PASSED_JPEG, false))
                        .encoding());
    }

    @Test
    void passesGrayJpegFilesOnAsGray() throws IOException {
        String file = write("g.jpg", SyntheticPictures.jpeg(new Mat(5, 6, CvType.CV_8UC1, new Scalar(80)), 90));
        assertEquals(FrameFormat.jpeg(6, 5, PixelFormat.GRAY8), firstFormat(file, new SourceOptions()));
        assertEquals(FrameFormat.gray8(6, 5), firstFormat(file, NATIVE));
    }

    @Test
    void turnsPhotographsUprightAsImreadDoes() throws IOException {
        byte[] jpeg = withOrientation(SyntheticPictures.jpeg(photograph, 90), 6);
        String file = write("portrait.jpg", jpeg);
        try (PictureSource source = PictureSource.open(file, new SourceOptions())) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.bgr24(47, 65), source.format());
            assertArrayEquals(SyntheticPictures.bytes(Imgcodecs.imread(file)), frame(source));
        }
        assertEquals(FrameFormat.bgr24(47, 65), firstFormat(file, NATIVE));
        String upright = write("upright.jpg", withOrientation(SyntheticPictures.jpeg(photograph, 90), 1));
        assertEquals(FrameFormat.jpeg(65, 47), firstFormat(upright, new SourceOptions()));
    }

    @Test
    void leavesOutWhatAPhoneAppendsToAPhotograph() throws IOException {
        byte[] jpeg = SyntheticPictures.jpeg(photograph, 70);
        String file = write("motion.jpg", Arrays.copyOf(jpeg, jpeg.length + 5000));
        try (PictureSource source = PictureSource.open(file, new SourceOptions())) {
            assertTrue(source.advance());
            assertArrayEquals(jpeg, frame(source));
        }
    }

    @Test
    void readsADirectoryInNaturalOrderWithoutWhatIsNoPicture() throws IOException {
        for (int width : new int[] {10, 2, 1, 33}) {
            write(
                    "img" + width + (width == 2 ? ".JPG" : ".png"),
                    new Mat(3, width, CvType.CV_8UC3, new Scalar(1, 2, 3)));
        }
        Files.writeString(temp.resolve("notes.txt"), "no picture");
        Files.writeString(temp.resolve("._img1.png"), "no picture either");
        Files.createDirectory(temp.resolve("sub.png"));
        assertArrayEquals(new int[] {1, 2, 10, 33}, widths(temp.toString(), 4));
        assertArrayEquals(new int[] {1, 10, 33}, widths(temp + "/*.png", 3));
        assertArrayEquals(new int[] {1, 2}, widths(temp + "/img?.{png,JPG}", 2));
        assertArrayEquals(new int[] {1, 2, 10, 33}, widths(temp + "/**", 4));
    }

    @Test
    void matchesGlobsAcrossDirectories() throws IOException {
        for (int run : new int[] {10, 9}) {
            Files.createDirectory(temp.resolve("run" + run));
            write("run" + run + "/a.png", new Mat(3, run, CvType.CV_8UC3, new Scalar(1, 2, 3)));
        }
        assertArrayEquals(new int[] {9, 10}, widths(temp + "/run*/*.png", 2));
    }

    @Test
    void readsAFileWhoseNameLooksLikeAGlob() throws IOException {
        String file = write("shot[1].png", photograph);
        assertEquals(FrameFormat.bgr24(65, 47), firstFormat(file, RAW));
    }

    @Test
    void startsAgainIfAskedTo() throws IOException {
        write("a.png", new Mat(1, 1, CvType.CV_8UC3, new Scalar(1, 1, 1)));
        write("b.png", new Mat(1, 2, CvType.CV_8UC3, new Scalar(2, 2, 2)));
        SourceOptions loop = options(0, 0, PixelFormat.BGR24, EncodingChoice.RAW, true);
        try (PictureSource source = PictureSource.open(temp.toString(), loop)) {
            for (int i = 0; i < 7; i++) {
                assertTrue(source.advance());
                assertEquals(1 + i % 2, source.format().width());
                assertEquals(1 + i % 2, frame(source)[0]);
            }
        }
    }

    @Test
    void repeatsASinglePictureWithTheSameFormatObject() throws IOException {
        String file = write("a.jpg", SyntheticPictures.jpeg(photograph, 70));
        SourceOptions loop = options(0, 0, PixelFormat.BGR24, EncodingChoice.RAW_OR_PASSED_JPEG, true);
        try (PictureSource source = PictureSource.open(file, loop)) {
            assertTrue(source.advance());
            FrameFormat format = source.format();
            byte[] first = frame(source);
            assertTrue(source.advance());
            assertSame(format, source.format());
            assertArrayEquals(first, frame(source));
        }
    }

    @Test
    void saysWhatIsWrongWithTheSpecification() throws IOException {
        String none = temp.resolve("nothing.png").toString();
        assertEquals(
                none + ": no such file; name a picture, a directory of pictures, or a glob such as shots/*.png",
                openFailure(none));
        assertTrue(openFailure(temp.toString()).startsWith(temp + ": no pictures in it; it has no files"));
        Files.writeString(temp.resolve("a.txt"), "text");
        assertTrue(
                openFailure(temp.toString()).startsWith(temp + ": no pictures in it; it has one file of another kind"));
        assertTrue(
                openFailure(temp + "/*.png").startsWith(temp + "/*.png: no pictures match; no file has such a name"));
        assertTrue(openFailure(temp + "/*.txt").contains("no pictures match; one file of another kind would"));
        assertTrue(openFailure(temp + "/x/*.png").contains("no such directory"));
        assertThrows(IllegalArgumentException.class, () -> PictureSource.open(temp + "/[.png", RAW));
        assertThrows(IllegalArgumentException.class, () -> PictureSource.open("", RAW));
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        assertEquals("the file is empty", readFailure("empty.png", new byte[0]));
        assertTrue(
                readFailure("text.png", "hello there".getBytes()).startsWith("not a picture that OpenCV can decode"));
        byte[] jpeg = SyntheticPictures.jpeg(photograph, 70);
        assertEquals(
                "truncated JPEG image: no end-of-image marker (FF D9) at the end of its " + (jpeg.length - 9)
                        + " bytes; repair, replace or remove it",
                readFailure("cut.jpg", Arrays.copyOf(jpeg, jpeg.length - 9)));
        byte[] png = png();
        assertTrue(
                readFailure("cut.png", Arrays.copyOf(png, png.length / 2)).startsWith("truncated or corrupt PNG file"));
        assertTrue(readFailure("cut2.png", Arrays.copyOf(png, png.length - 5)).startsWith("truncated PNG file"));
        png[png.length / 2] ^= 1;
        assertTrue(readFailure("bit.png", png).contains("does not match its checksum"));
    }

    @Test
    void namesTheCorruptPictureAmongGoodOnesAndGoesOnBehindIt() throws IOException {
        write("1.png", photograph);
        write("2.png", Arrays.copyOf(png(), 100));
        write("3.png", photograph);
        try (PictureSource source = PictureSource.open(temp.toString(), RAW)) {
            assertTrue(source.advance());
            IOException corrupt = assertThrows(IOException.class, source::advance);
            assertTrue(corrupt.getMessage().startsWith(temp.resolve("2.png") + ": "), corrupt.getMessage());
            assertTrue(source.advance());
            assertArrayEquals(SyntheticPictures.bytes(photograph), frame(source));
            assertFalse(source.advance());
        }
    }

    @Test
    void saysThatNoneOfManyCouldBeRead() throws IOException {
        write("1.png", Arrays.copyOf(png(), 100));
        write("2.png", Arrays.copyOf(png(), 90));
        try (PictureSource source =
                PictureSource.open(temp.toString(), RAW.copy().loop(true))) {
            assertThrows(BadFrameException.class, source::advance);
            IOException last = assertThrows(IOException.class, source::advance);
            assertFalse(last instanceof BadFrameException);
            assertTrue(last.getMessage().startsWith(temp.resolve("2.png") + ": "), last.getMessage());
        }
    }

    /** A phone's or a stereo camera's several pictures: the first is shown. */
    @Test
    void readsTheFirstPictureOfAnMpo() throws IOException {
        byte[] first = SyntheticPictures.jpeg(photograph, 90);
        ByteArrayOutputStream several = new ByteArrayOutputStream();
        several.writeBytes(first);
        several.writeBytes(SyntheticPictures.jpeg(photograph, 50));
        write("stereo.mpo", several.toByteArray());
        try (PictureSource source = PictureSource.open(temp.toString(), new SourceOptions())) {
            assertTrue(source.advance());
            assertArrayEquals(first, frame(source));
            assertFalse(source.advance());
        }
    }

    /** Print shops' files: within the loss of a JPEG image of what they show. */
    @ParameterizedTest
    @CsvSource({"red, 237, 28, 36", "white, 255, 255, 255", "black, 0, 0, 0"})
    void decodesCmyk(String name, int red, int green, int blue) throws Exception {
        assumeTrue(Programs.isInstalled("convert"), "ImageMagick is not installed");
        String file = temp.resolve(name + ".jpg").toString();
        String color = "xc:rgb(" + red + "," + green + "," + blue + ")";
        Process convert = new ProcessBuilder("convert", "-size", "32x16", color, "-colorspace", "CMYK", file)
                .inheritIO()
                .start();
        assertEquals(0, convert.waitFor());
        byte[] written = Files.readAllBytes(Path.of(file));
        assertEquals(
                4, JpegHeader.parse(ByteBuffer.wrap(written), written.length).components());
        for (PixelFormat format : new PixelFormat[] {PixelFormat.BGR24, null}) {
            try (PictureSource source = PictureSource.open(file, new SourceOptions().pixelFormat(format))) {
                assertTrue(source.advance());
                assertEquals(FrameFormat.bgr24(32, 16), source.format());
                byte[] pixels = frame(source);
                assertEquals(blue, pixels[0] & 0xFF, 8);
                assertEquals(green, pixels[1] & 0xFF, 8);
                assertEquals(red, pixels[2] & 0xFF, 8);
            }
        }
    }

    /** Never one picture of several. */
    @Test
    void animationsAreReadWholeOrRefused() throws Exception {
        FfmpegTool.assumeInstalled();
        Path png = FfmpegTool.clip(temp.resolve("moving.png"), "64x48", 10, 5, "-f", "apng");
        try (FrameSource source = FrameSources.open(png.toString(), RAW)) {
            for (int i = 0; i < 5; i++) {
                assertTrue(source.advance());
                assertEquals(FrameFormat.bgr24(64, 48), source.format());
            }
            assertFalse(source.advance());
        }
        byte[] webp = new byte[40];
        ByteBuffer.wrap(webp).put("RIFF    WEBPVP8X".getBytes()).put(20, (byte) 2);
        assertEquals(
                "an animated WebP, of which only one picture could be read; repair, replace or remove it",
                readFailure("moving.webp", webp));
    }

    @Test
    void survivesDamagedFiles() throws IOException {
        byte[] jpeg = withOrientation(SyntheticPictures.jpeg(photograph, 90), 3);
        byte[] png = png();
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            byte[] damaged = (i % 3 == 0 ? png : jpeg).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                damaged[random.nextInt(random.nextBoolean() ? 80 : damaged.length)] = (byte) random.nextInt(256);
            }
            String file = write("damaged", damaged);
            try (PictureSource source = PictureSource.open(file, new SourceOptions())) {
                assertTrue(source.advance());
                frame(source);
            } catch (IOException e) {
                assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 200, "refused=" + refused);
    }

    @Test
    void refusesAPictureThatIsTooLargeForAFrame() throws IOException {
        String file = write("wide.png", new Mat(1, 65536, CvType.CV_8UC1, new Scalar(1)));
        try (PictureSource source = PictureSource.open(file, RAW)) {
            IOException refused = assertThrows(IOException.class, source::advance);
            assertTrue(refused.getMessage().startsWith(file + ": a picture of 65536x1 pixels is too large"));
        }
    }

    @Test
    void saysWhyOpenCvRefusesAPicture() throws IOException {
        byte[] jpeg = SyntheticPictures.jpeg(photograph, 70);
        for (int i = 0; i < jpeg.length; i++) {
            if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xC0) { // height and width 61680
                Arrays.fill(jpeg, i + 5, i + 9, (byte) 0xF0);
                break;
            }
        }
        String file = write("huge.jpg", jpeg);
        try (PictureSource source = PictureSource.open(file, RAW)) {
            String message = assertThrows(IOException.class, source::advance).getMessage();
            assertTrue(message.startsWith(file + ": OpenCV refuses it: (-215"), message);
            assertFalse(message.contains("/modules/"), message);
        }
    }

    @Test
    void saysThatAFileCannotBeRead() throws IOException {
        Path unreadable = Path.of("/proc/self/mem"); // fails at its first byte, for root too
        assumeTrue(Files.exists(unreadable), "no /proc");
        Path file = Files.createSymbolicLink(
                Path.of(write("other.png", photograph)).resolveSibling("secret.png"), unreadable);
        try (PictureSource source = PictureSource.open(file.toString(), RAW)) {
            IOException refused = assertThrows(IOException.class, source::advance);
            assertTrue(refused.getMessage().startsWith(file + ": "), refused.getMessage());
        }
    }

    @Test
    void decodesAPngWithAColourProfileThatLibpngWouldComplainOf() throws IOException {
        byte[] png = png();
        byte[] profile = chunk("iCCP", "bad profile".getBytes());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(png, 0, 33); // signature and IHDR
        out.write(profile);
        out.write(png, 33, png.length - 33);
        String file = write("profile.png", out.toByteArray());
        try (PictureSource source = PictureSource.open(file, RAW)) {
            assertTrue(source.advance());
            assertArrayEquals(SyntheticPictures.bytes(photograph), frame(source));
        }
    }

    @Test
    void knowsWhichSpecificationsAreItsOwn() {
        assertTrue(PictureSource.handles("cat.JPG"));
        assertTrue(PictureSource.handles("shots/*.png"));
        assertTrue(PictureSource.handles(temp.toString()));
        assertFalse(PictureSource.handles("clip.mp4"));
        assertFalse(PictureSource.handles("http://host/cat.jpg"));
    }

    private void assertNative(String file, PixelFormat expected) throws IOException {
        try (PictureSource source = PictureSource.open(file, NATIVE)) {
            assertTrue(source.advance());
            Mat mat = Imgcodecs.imread(file, Imgcodecs.IMREAD_UNCHANGED);
            assertEquals(FrameFormat.raw(expected, mat.cols(), mat.rows()), source.format());
            byte[] frame = frame(source);
            if (expected == PixelFormat.GRAY16) {
                assertEquals(mat.get(1, 2)[0], (frame[18] & 0xFF) + 256.0 * (frame[19] & 0xFF));
            } else {
                assertArrayEquals(SyntheticPictures.bytes(mat), frame);
            }
        }
    }

    private byte[] png() {
        MatOfByte encoded = new MatOfByte();
        Imgcodecs.imencode(".png", photograph, encoded);
        return encoded.toArray();
    }

    private int[] widths(String spec, int count) throws IOException {
        int[] widths = new int[count];
        try (PictureSource source = PictureSource.open(spec, RAW)) {
            for (int i = 0; i < count; i++) {
                assertTrue(source.advance());
                widths[i] = source.format().width();
            }
            assertFalse(source.advance());
        }
        return widths;
    }

    private static FrameFormat firstFormat(String spec, SourceOptions options) throws IOException {
        try (PictureSource source = PictureSource.open(spec, options)) {
            assertTrue(source.advance());
            return source.format();
        }
    }

    private static String openFailure(String spec) {
        return assertThrows(IOException.class, () -> PictureSource.open(spec, RAW))
                .getMessage();
    }

    private String readFailure(String name, byte[] bytes) throws IOException {
        String file = write(name, bytes);
        try (PictureSource source = PictureSource.open(file, new SourceOptions())) {
            String message = assertThrows(IOException.class, source::advance).getMessage();
            assertTrue(message.startsWith(file + ": "), message);
            assertFalse(message.contains("\n"), message);
            return message.substring(file.length() + 2);
        }
    }

    private String write(String name, Mat mat) {
        Path file = temp.resolve(name);
        assertTrue(Imgcodecs.imwrite(file.toString(), mat));
        return file.toString();
    }

    private String write(String name, byte[] bytes) throws IOException {
        return Files.write(temp.resolve(name), bytes).toString();
    }

    /** Room behind the frame shows that nothing is written past it. */
    private static byte[] frame(FrameSource source) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength() + 16);
        int length = source.write(target);
        assertTrue(length <= source.maxPayloadLength());
        assertEquals(0, target.position());
        assertEquals(0, target.getLong(target.capacity() - 16));
        byte[] bytes = new byte[length];
        target.get(0, bytes);
        return bytes;
    }

    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        byte[] exif = {
            (byte) 0xFF,
            (byte) 0xE1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte) orientation,
            0,
            0,
            0,
            0,
            0,
            0
        };
        ByteBuffer out = ByteBuffer.allocate(jpeg.length + exif.length);
        return out.put(jpeg, 0, 2).put(exif).put(jpeg, 2, jpeg.length - 2).array();
    }

    private static byte[] chunk(String type, byte[] content) {
        ByteBuffer out = ByteBuffer.allocate(content.length + 12);
        out.putInt(content.length).put(type.getBytes()).put(content);
        CRC32 crc = new CRC32();
        crc.update(out.array(), 4, content.length + 4);
        return out.putInt((int) crc.getValue()).array();
    }

    private static SourceOptions options(
            int width, int height, PixelFormat pixelFormat, EncodingChoice encoding, boolean loop) {
        return new SourceOptions()
                .size(width, height)
                .pixelFormat(pixelFormat)
                .encoding(encoding)
                .loop(loop);
    }
}
