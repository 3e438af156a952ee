package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pure colours through every matrix that FFmpeg's scaler makes YUV with. */
class ColorMatrixTest {

    private static final int TOLERANCE = 3;

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsFfmpeg() {
        FfmpegTool.assumeInstalled();
    }

    @ParameterizedTest
    @CsvSource({
        "bt709, bt709, BT709",
        "bt470, bt470bg, BT601",
        "smpte170m, smpte170m, BT601",
        "fcc, fcc, BT709",
        "smpte240m, smpte240m, BT709",
        "bt2020, bt2020nc, BT709",
        "bt2020, chroma-derived-nc -color_primaries bt2020, BT709",
        "bt709, chroma-derived-nc -color_primaries bt709, BT709",
    })
    void keepsPureColours(String scalerMatrix, String named, String carriedMatrix) throws Exception {
        List<String> shapes = List.of(
                "tv yuv420p 64x48",
                "tv yuv420p 66x50",
                "tv yuv420p10le 64x48",
                "tv yuv444p12le 66x50",
                "tv nv12 64x48",
                "pc yuv420p 64x48",
                "pc yuv422p 66x50");
        for (String shape : shapes) {
            String[] parts = shape.split(" ");
            ColorEncoding carried = ColorEncoding.of(carriedMatrix.equals("BT709"), parts[0].equals("pc"));
            Path clip = clip(scalerMatrix, named, parts[0], parts[1], parts[2]);
            assertPure(clip, new SourceOptions().pixelFormat(PixelFormat.BGR24), null);
            assertPure(clip, new SourceOptions().size(30, 20), null);
            assertPure(clip, new SourceOptions().pixelFormat(null), carried);
            assertPure(clip, new SourceOptions().pixelFormat(PixelFormat.I420), carried);
        }
    }

    /** Three frames, of red, green and blue. */
    private Path clip(String scalerMatrix, String named, String range, String pixels, String size) throws Exception {
        StringBuilder filter = new StringBuilder();
        for (String color : List.of("red", "lime", "blue")) {
            filter.append("color=")
                    .append(color)
                    .append(":s=")
                    .append(size)
                    .append(":r=25:d=1[")
                    .append(color)
                    .append("];");
        }
        filter.append("[red][lime][blue]concat=n=3,select=not(mod(n\\,25)),format=gbrp,scale=out_color_matrix=")
                .append(scalerMatrix)
                .append(":out_range=")
                .append(range)
                .append(":flags=accurate_rnd+full_chroma_int,format=")
                .append(pixels);
        Path file = directory.resolve("clip.mkv");
        List<String> arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", filter.toString()));
        arguments.addAll(List.of("-color_range", range, "-c:v", pixels.equals("nv12") ? "rawvideo" : "ffv1"));
        arguments.addAll(List.of(("-colorspace " + named).split(" ")));
        arguments.add(file.toString());
        FfmpegTool.run(arguments.toArray(String[]::new));
        return file;
    }

    private static void assertPure(Path clip, SourceOptions options, ColorEncoding carried) throws Exception {
        try (FrameSource source = FfmpegSource.open(clip.toString(), options.encoding(EncodingChoice.RAW))) {
            for (int color = 2; color >= 0; color--) {
                assertTrue(source.advance());
                FrameFormat format = source.format();
                if (carried != null && format.pixelFormat().isYuv()) {
                    assertEquals(carried, format.color(), format.describe());
                }
                byte[] bgr = bgr(Frames.bytes(source), format);
                for (int i = 0; i < bgr.length; i++) {
                    int expected = i % 3 == color ? 255 : 0;
                    assertEquals(expected, bgr[i] & 0xFF, TOLERANCE, format.describe() + " color " + color);
                }
            }
        }
    }

    private static byte[] bgr(byte[] frame, FrameFormat format) {
        FrameFormat to = FrameFormat.bgr24(format.width(), format.height());
        ByteBuffer source = ByteBuffer.allocateDirect(frame.length).put(frame);
        ByteBuffer target = ByteBuffer.allocateDirect(to.maxPayloadLength());
        try (PixelConverter converter = new PixelConverter(format, to)) {
            converter.convert(source, target);
        }
        byte[] bytes = new byte[target.capacity()];
        target.get(0, bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ycgco", "bt2020c", "ictcp", "smpte2085", "chroma-derived-c"})
    void refusesAMatrixThatItCannotConvert(String name) throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve(name + ".mkv"),
                "64x48",
                25,
                1,
                "-c:v",
                "ffv1",
                "-pix_fmt",
                "yuv420p",
                "-colorspace",
                name);
        for (PixelFormat wanted : new PixelFormat[] {PixelFormat.BGR24, PixelFormat.I420, null}) {
            try (FrameSource source = FfmpegSource.open(clip.toString(), new SourceOptions().pixelFormat(wanted))) {
                String message =
                        assertThrows(IOException.class, source::advance).getMessage();
                assertTrue(
                        message.startsWith(clip + ": its frames cannot be delivered: their color matrix is " + name
                                + ", which cannot be converted to RGB here; convert the input"),
                        message);
            }
        }
    }

    @Test
    void takesGrayPicturesWhateverTheirMatrix() throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("gray.mkv"),
                "64x48",
                25,
                1,
                "-c:v",
                "ffv1",
                "-pix_fmt",
                "gray",
                "-colorspace",
                "ictcp");
        try (FrameSource source = FfmpegSource.open(clip.toString(), new SourceOptions().pixelFormat(null))) {
            assertTrue(source.advance());
            assertEquals(PixelFormat.GRAY8, source.format().pixelFormat());
        }
    }
}
