package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

/** The eight ways in which a stored picture can lie, of picture files and of videos. */
class OrientationTest {

    private static final int WIDTH = 66;
    private static final int HEIGHT = 48;

    /** As Exif numbers them, from 1: {@code x' = x m0 + y m1}, {@code y' = x m2 + y m3}. */
    private static final int[][] MATRICES = {
        {1, 0, 0, 1},
        {-1, 0, 0, 1},
        {-1, 0, 0, -1},
        {1, 0, 0, -1},
        {0, 1, 1, 0},
        {0, -1, 1, 0},
        {0, -1, -1, 0},
        {0, 1, -1, 0}
    };

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "jpg, 16, BGR24",
        "jpg, 16,",
        "jpg, 16, GRAY8",
        "jpg, 0,",
        "png, 16, BGR24",
        "png, 16, GRAY8",
        "png, 16,",
        "png, 0,",
        "png, 2,",
        "png, 24,",
        "webp, 16, BGR24",
        "webp, 16,",
        "webp, 24,",
    })
    void showsAPictureAsExifSaysInEveryPixelFormat(String extension, int type, PixelFormat wanted) throws Exception {
        Mat picture = new Mat(HEIGHT, WIDTH, type);
        Core.randu(picture, 0, type == CvType.CV_16UC1 ? 65_535 : 255);
        MatOfByte encoded = new MatOfByte();
        assertTrue(Imgcodecs.imencode("." + extension, picture, encoded, new MatOfInt()));
        SourceOptions options = new SourceOptions().pixelFormat(wanted).encoding(EncodingChoice.RAW);
        Path file = directory.resolve("upright." + extension);
        byte[] upright = firstFrame(Files.write(file, encoded.toArray()), options, WIDTH, HEIGHT);
        for (int number = 1; number <= 8; number++) {
            byte[] bytes = withExif(extension, encoded.toArray(), exif(number));
            file = Files.write(directory.resolve(number + "." + extension), bytes);
            boolean isOnItsSide = number > 4;
            byte[] shown = firstFrame(file, options, isOnItsSide ? HEIGHT : WIDTH, isOnItsSide ? WIDTH : HEIGHT);
            assertArrayEquals(turned(upright, WIDTH, HEIGHT, number), shown, file.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rawvideo, gray,",
        "rawvideo, rgb24, BGR24",
        "rawvideo, rgb24,",
        "rawvideo, yuyv422, GRAY8",
        "libx264, yuv420p, GRAY8",
        "libx264, gray, GRAY8",
    })
    void showsAVideoAsItsContainerSays(String codec, String pixels, PixelFormat wanted) throws Exception {
        FfmpegTool.assumeInstalled();
        Path flat = FfmpegTool.clip(
                directory.resolve("flat.mov"), WIDTH + "x" + HEIGHT, 25, 2, "-c:v", codec, "-pix_fmt", pixels);
        SourceOptions options = new SourceOptions().pixelFormat(wanted);
        byte[] upright = firstFrame(flat, options, WIDTH, HEIGHT);
        for (int number = 1; number <= 8; number++) {
            Path turned = directory.resolve("turned-" + number + ".mov");
            Files.write(turned, withDisplayMatrix(Files.readAllBytes(flat), MATRICES[number - 1]));
            boolean isOnItsSide = number > 4;
            byte[] shown = firstFrame(turned, options, isOnItsSide ? HEIGHT : WIDTH, isOnItsSide ? WIDTH : HEIGHT);
            assertArrayEquals(turned(upright, WIDTH, HEIGHT, number), shown, "orientation " + number);
        }
    }

    /** What the stream says in between is kept to as well: the first picture is flat, the second mirrored. */
    @Test
    void showsEveryFrameAsItsOwnDataSays() throws Exception {
        FfmpegTool.assumeInstalled();
        Path flat = FfmpegTool.clip(
                directory.resolve("flat.h264"), "64x48", 25, 1, "-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(Files.readAllBytes(flat));
        both.write(displayed(flat, "display_orientation=insert:flip=horizontal"));
        both.write(displayed(flat, "display_orientation=insert:rotate=-90"));
        both.write(displayed(flat, "display_orientation=insert:flip=vertical"));
        Path file = Files.write(directory.resolve("both.h264"), both.toByteArray());
        SourceOptions options = new SourceOptions().pixelFormat(PixelFormat.GRAY8);
        int[] numbers = {1, 2, 6, 4};
        byte[] upright = firstFrame(flat, options, 64, 48);
        try (FrameSource source = FfmpegSource.open(file.toString(), options)) {
            for (int number : numbers) {
                assertTrue(source.advance());
                assertEquals(
                        number == 6 ? "48x64 GRAY8" : "64x48 GRAY8",
                        source.format().describe());
                assertArrayEquals(turned(upright, 64, 48, number), Frames.bytes(source), "orientation " + number);
            }
        }
    }

    @Test
    void decodesMotionJpegThatLiesOnItsSide() throws Exception {
        FfmpegTool.assumeInstalled();
        byte[] jpeg = SyntheticPictures.jpeg(SyntheticPictures.photograph(WIDTH, HEIGHT), 90);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.write(withExif("jpg", jpeg, exif(1)));
        stream.write(withExif("jpg", jpeg, exif(6)));
        Path file = Files.write(directory.resolve("clip.mjpeg"), stream.toByteArray());
        try (FrameSource source = FfmpegSource.open(file.toString(), new SourceOptions())) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.jpeg(WIDTH, HEIGHT), source.format());
            assertTrue(source.advance());
            assertEquals(FrameFormat.bgr24(HEIGHT, WIDTH), source.format());
        }
        try (FrameSource source =
                FrameSources.open(file.toString(), new SourceOptions().encoding(EncodingChoice.JPEG))) {
            assertTrue(source.advance());
            assertTrue(source.advance());
            assertEquals(FrameEncoding.JPEG, source.format().encoding());
            assertEquals(HEIGHT, source.format().width());
        }
    }

    private static byte[] displayed(Path stream, String orientation) throws Exception {
        return FfmpegTool.run(
                "-i", stream.toString(), "-c", "copy", "-bsf:v", "h264_metadata=" + orientation, "-f", "h264", "-");
    }

    private static byte[] firstFrame(Path file, SourceOptions options, int width, int height) throws Exception {
        try (FrameSource source = FrameSources.open(file.toString(), options)) {
            assertTrue(source.advance());
            assertEquals(
                    width + "x" + height,
                    source.format().width() + "x" + source.format().height());
            return Frames.bytes(source);
        }
    }

    /** A packed frame as Exif defines its numbers, pixel by pixel. */
    private static byte[] turned(byte[] stored, int width, int height, int number) {
        int pixel = stored.length / width / height;
        boolean isOnItsSide = number > 4;
        byte[] shown = new byte[stored.length];
        int shownWidth = isOnItsSide ? height : width;
        for (int i = 0; i < width * height; i++) {
            int x = i % shownWidth;
            int y = i / shownWidth;
            int column = isOnItsSide ? y : x;
            int row = isOnItsSide ? x : y;
            int from =
                    switch (number) {
                        case 2, 8 -> row * width + width - 1 - column;
                        case 3, 7 -> (height - 1 - row) * width + width - 1 - column;
                        case 4, 6 -> (height - 1 - row) * width + column;
                        default -> row * width + column;
                    };
            System.arraycopy(stored, from * pixel, shown, i * pixel, pixel);
        }
        return shown;
    }

    private static byte[] exif(int number) {
        return ByteBuffer.allocate(26)
                .put(new byte[] {'M', 'M', 0, 42})
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) number)
                .array();
    }

    private static byte[] withExif(String extension, byte[] file, byte[] exif) {
        return switch (extension) {
            case "jpg" -> inJpeg(file, exif);
            case "png" -> inPng(file, exif);
            default -> inWebp(file, exif);
        };
    }

    private static byte[] inJpeg(byte[] file, byte[] exif) {
        return ByteBuffer.allocate(file.length + exif.length + 10)
                .put(file, 0, 2)
                .putShort((short) 0xFFE1)
                .putShort((short) (exif.length + 8))
                .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                .put(exif)
                .put(file, 2, file.length - 2)
                .array();
    }

    private static byte[] inPng(byte[] file, byte[] exif) {
        int headerEnd = 33;
        CRC32 crc = new CRC32();
        crc.update("eXIf".getBytes(StandardCharsets.US_ASCII));
        crc.update(exif);
        return ByteBuffer.allocate(file.length + exif.length + 12)
                .put(file, 0, headerEnd)
                .putInt(exif.length)
                .put("eXIf".getBytes(StandardCharsets.US_ASCII))
                .put(exif)
                .putInt((int) crc.getValue())
                .put(file, headerEnd, file.length - headerEnd)
                .array();
    }

    /** In the extended form of the file format. */
    private static byte[] inWebp(byte[] file, byte[] exif) {
        boolean hasAlpha = file.length > 24 && file[12 + 3] == 'L' && (file[24] & 0x10) != 0;
        int riffHeader = 12;
        int length = file.length + 18 + 8 + exif.length;
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(file, 0, 4)
                .putInt(length - 8)
                .put(file, 8, 4)
                .put("VP8X".getBytes(StandardCharsets.US_ASCII))
                .putInt(10)
                .putInt(hasAlpha ? 0x18 : 0x08)
                .putShort((short) (WIDTH - 1))
                .put((byte) 0)
                .putShort((short) (HEIGHT - 1))
                .put((byte) 0)
                .put(file, riffHeader, file.length - riffHeader)
                .put("EXIF".getBytes(StandardCharsets.US_ASCII))
                .putInt(exif.length)
                .put(exif)
                .array();
    }

    /** Puts the matrix into the header of the track. */
    private static byte[] withDisplayMatrix(byte[] file, int[] matrix) {
        int header = new String(file, StandardCharsets.ISO_8859_1).indexOf("tkhd");
        ByteBuffer target = ByteBuffer.wrap(file).position(header + 44);
        target.putInt(matrix[0] << 16).putInt(matrix[2] << 16).putInt(0);
        target.putInt(matrix[1] << 16).putInt(matrix[3] << 16).putInt(0);
        target.putInt(0).putInt(0).putInt(1 << 30);
        return file;
    }
}
