package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.transport.SampleAspect;
import io.aeroframe.vision.Psnr;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FfmpegSourceTest {

    private static final SourceOptions NATIVE = options(0, 0, null, false);

    @TempDir
    static Path directory;

    @BeforeAll
    static void needsFfmpeg() {
        FfmpegTool.assumeInstalled();
    }

    private static SourceOptions options(int width, int height, PixelFormat pixels, boolean loop) {
        return new SourceOptions()
                .size(width, height)
                .pixelFormat(pixels)
                .encoding(SourceOptions.EncodingChoice.RAW)
                .loop(loop);
    }

    @ParameterizedTest
    @CsvSource({
        "long.mp4, 1280x688, 480, -c:v libx264 -preset ultrafast -bf 3",
        "b.mp4, 320x240, 50, -c:v libx264 -bf 3 -g 25",
        "odd.mkv, 322x244, 30, -vf crop=321:243:0:0:exact=1 -pix_fmt yuv420p -c:v ffv1",
        "gray.mp4, 320x240, 30, -c:v libx264 -pix_fmt gray",
        "gray-odd.mkv, 322x244, 20, -vf format=gray|crop=321:243:0:0:exact=1 -c:v ffv1",
        "gray16.mkv, 160x120, 10, -pix_fmt gray16le -c:v ffv1",
        "nv12.nut, 162x122, 10, -pix_fmt nv12 -c:v rawvideo",
        "yuyv.nut, 162x122, 10, -pix_fmt yuyv422 -c:v rawvideo",
        "bgr.avi, 162x122, 10, -pix_fmt bgr24 -c:v rawvideo",
        "rgb.nut, 162x122, 10, -pix_fmt rgb24 -c:v rawvideo",
        "bgra.nut, 162x122, 10, -pix_fmt bgra -c:v rawvideo",
        "mpeg4.avi, 176x144, 30, -c:v mpeg4 -bf 2",
        "mjpeg.avi, 176x144, 10, -c:v mjpeg -pix_fmt yuvj420p",
        "stream.ts, 320x240, 40, -c:v libx264 -bf 2",
        "raw.h264, 320x240, 40, -c:v libx264",
    })
    void deliversTheDecodersOwnPixelsBitForBit(String name, String size, int frames, String encoder) throws Exception {
        String[] output = encoder.replace('|', ',').split(" ");
        Path clip = FfmpegTool.clip(directory.resolve(name), size, 25, frames, output);
        List<String> expected = FfmpegTool.frameMd5(clip);
        assertEquals(frames, expected.size());
        assertEquals(FfmpegTool.frameCount(clip), expected.size());
        assertEquals(expected, Frames.md5(clip, NATIVE));
    }

    @ParameterizedTest
    @CsvSource({
        "yuv420p, I420, ffv1",
        "gray, GRAY8, ffv1",
        "gray16le, GRAY16, ffv1",
        "gray10le, GRAY16, ffv1",
        "yuv420p10le, I420, ffv1",
        "yuv444p, BGR24, ffv1",
        "yuv422p, YUYV, ffv1",
        "yuv422p10le, BGR24, ffv1",
        "bgra, BGRA32, ffv1",
        "nv12, NV12, rawvideo",
        "yuyv422, YUYV, rawvideo",
        "rgb24, RGB24, rawvideo",
        "pal8, BGR24, rawvideo",
    })
    void deliversTheNearestFormatWhereNoneIsAskedFor(String pixels, PixelFormat expected, String codec)
            throws Exception {
        boolean isFast = pixels.equals("yuv420p") || pixels.equals("nv12");
        Path clip = FfmpegTool.clip(
                directory.resolve(pixels + ".nut"), "160x120", 25, 3, "-pix_fmt", pixels, "-c:v", codec);
        byte[] reference = FfmpegTool.run(
                "-i",
                clip.toString(),
                "-frames:v",
                "1",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "bgr24",
                "-sws_flags",
                isFast ? "bicubic" : "accurate_rnd+full_chroma_int+full_chroma_inp",
                "-");
        try (FrameSource source = FfmpegSource.open(clip.toString(), NATIVE);
                FrameSource bgr = FfmpegSource.open(clip.toString(), options(0, 0, PixelFormat.BGR24, false))) {
            assertTrue(source.advance());
            assertEquals(expected, source.format().pixelFormat());
            Frames.bytes(source);
            assertTrue(bgr.advance());
            double psnr = Psnr.of(reference, Frames.bytes(bgr));
            assertTrue(psnr >= 30, psnr + " dB");
        }
    }

    @ParameterizedTest
    @CsvSource({"yuv422p, tv, 160x120", "yuv422p, pc, 161x121", "yuvj422p, pc, 66x35", "uyvy422, tv, 66x35"})
    void carriesEightBit422BitForBit(String pixels, String range, String size) throws Exception {
        Path clip = directory.resolve("422.nut");
        String codec = pixels.equals("yuvj422p") ? "mjpeg" : pixels.equals("uyvy422") ? "rawvideo" : "ffv1";
        FfmpegTool.run(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=" + size + ",noise=alls=90:allf=t",
                "-frames:v",
                "2",
                "-c:v",
                codec,
                "-pix_fmt",
                pixels,
                "-color_range",
                range,
                clip.toString());
        String stored = pixels.equals("uyvy422") ? pixels : "yuv422p";
        byte[] planar = FfmpegTool.run("-i", clip.toString(), "-f", "rawvideo", "-pix_fmt", pixels, "-");
        List<String> reports = new ArrayList<>();
        SourceOptions options = new SourceOptions()
                .pixelFormat(null)
                .encoding(SourceOptions.EncodingChoice.RAW)
                .report(reports::add);
        try (FrameSource source = FfmpegSource.open(clip.toString(), options)) {
            int offset = 0;
            while (source.advance()) {
                FrameFormat format = source.format();
                assertEquals(PixelFormat.YUYV, format.pixelFormat());
                byte[] frame = Frames.bytes(source);
                int width = format.width();
                int pairs = (width + 1) / 2;
                int luma = width * format.height();
                boolean isPacked = stored.equals("uyvy422");
                for (int y = 0; y < format.height(); y++) {
                    for (int x = 0; x < width; x++) {
                        int from = isPacked ? 2 * (y * width + x) + 1 : y * width + x;
                        assertEquals(planar[offset + from], frame[y * 4 * pairs + 2 * x], "luma " + x + "," + y);
                        boolean isV = x % 2 == 1;
                        int plane = luma + (isV ? pairs * format.height() : 0);
                        int chroma = isPacked ? from - 1 : plane + y * pairs + x / 2;
                        assertEquals(
                                planar[offset + chroma], frame[y * 4 * pairs + 2 * x + 1], "chroma " + x + "," + y);
                    }
                }
                offset += isPacked ? 2 * luma : luma + 2 * pairs * format.height();
            }
            assertEquals(planar.length, offset);
        }
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "yuv420p10le; ; yuv420p10le, which is converted to I420",
                "yuv444p; ; yuv444p, which is converted to BGR24",
                "yuv420p; bt2020nc; yuv420p with the color matrix bt2020nc, which is converted to I420 with BT.709",
                "yuv422p10le; bt2020nc; yuv422p10le, which is converted to BGR24",
                "gbrp10le; ; gbrp10le, which is converted to BGR24",
                "yuva420p; ; yuva420p, which is converted to BGR24",
                "gbrp; ;",
                "bgra; ;",
                "gray10le; ;",
                "yuv420p; bt709;",
                "yuv422p; ;",
            })
    void reportsOnceWhatIsLostInTheNativeFormat(String pixels, String matrix, String loss) throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("loss.mkv"),
                "160x120",
                25,
                3,
                "-c:v",
                "ffv1",
                "-pix_fmt",
                pixels,
                "-colorspace",
                matrix == null ? "unknown" : matrix);
        List<String> reports = new ArrayList<>();
        SourceOptions options = new SourceOptions()
                .pixelFormat(null)
                .encoding(SourceOptions.EncodingChoice.RAW)
                .report(reports::add);
        assertEquals(3, Frames.md5(clip, options).size());
        assertEquals(
                loss == null ? List.of() : List.of(clip + ": its frames are " + loss + " and loses some accuracy"),
                reports);
        Frames.md5(clip, options.pixelFormat(PixelFormat.BGR24));
        assertEquals(loss == null ? 0 : 1, reports.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1280x720", "321x243", "640x480"})
    void convertsToBgrLikeFfmpeg(String size) throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("bgr-" + size + ".mkv"), size, 25, 5, "-pix_fmt", "yuv420p", "-c:v", "ffv1");
        String[] actualSize = size.split("x");
        String matrix = Integer.parseInt(actualSize[1]) >= 720 ? "bt709" : "bt601";
        byte[] reference = FfmpegTool.run(
                "-i",
                clip.toString(),
                "-vf",
                "scale=in_color_matrix=" + matrix + ":flags=bicubic",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "bgr24",
                "-");
        try (FrameSource source = FfmpegSource.open(clip.toString(), new SourceOptions())) {
            int offset = 0;
            while (source.advance()) {
                byte[] frame = Frames.bytes(source);
                double psnr = Psnr.of(Arrays.copyOfRange(reference, offset, offset + frame.length), frame);
                assertTrue(psnr >= 40, psnr + " dB");
                offset += frame.length;
            }
            assertEquals(reference.length, offset);
        }
    }

    @Test
    void resizesAndConvertsInOneStep() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("resize.mp4"), "640x480", 25, 2, "-c:v", "libx264");
        byte[] reference = FfmpegTool.run(
                "-i",
                clip.toString(),
                "-vf",
                "scale=321:243:flags=area+accurate_rnd+full_chroma_int+full_chroma_inp",
                "-frames:v",
                "1",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "bgr24",
                "-");
        try (FrameSource source = FfmpegSource.open(clip.toString(), options(321, 243, PixelFormat.BGR24, false))) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.bgr24(321, 243), source.format());
            double psnr = Psnr.of(reference, Frames.bytes(source));
            assertTrue(psnr >= 38, psnr + " dB");
        }
    }

    @Test
    void tellsTheColourEncodingOfTheStream() throws Exception {
        assertEquals(ColorEncoding.BT601_LIMITED, colorOf("sd.mkv", "320x240"));
        assertEquals(ColorEncoding.BT709_LIMITED, colorOf("hd.mkv", "1280x720"));
        assertEquals(ColorEncoding.BT709_LIMITED, colorOf("sd709.mkv", "320x240", "-colorspace", "bt709"));
        assertEquals(ColorEncoding.BT601_LIMITED, colorOf("hd601.mkv", "1280x720", "-colorspace", "smpte170m"));
        assertEquals(ColorEncoding.BT601_FULL, colorOf("full.mkv", "320x240", "-color_range", "pc"));
        assertEquals(
                ColorEncoding.BT601_FULL, colorOf("jpeg.avi", "1280x720", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"));
    }

    private static ColorEncoding colorOf(String name, String size, String... output) throws Exception {
        String[] all = Arrays.copyOf(new String[] {"-c:v", "ffv1", "-pix_fmt", "yuv420p"}, 4 + output.length);
        System.arraycopy(output, 0, all, 4, output.length);
        Path clip = FfmpegTool.clip(directory.resolve(name), size, 25, 1, all);
        try (FrameSource source = FfmpegSource.open(clip.toString(), NATIVE)) {
            assertTrue(source.advance());
            assertEquals(PixelFormat.I420, source.format().pixelFormat());
            return source.format().color();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wide.mp4, libx264 -pix_fmt yuv420p",
        "wide.mkv, ffv1",
        "wide.avi, mpeg4",
        "wide.ts, mpeg2video",
        "wide.h264, libx264",
        "wide.mov, mjpeg -pix_fmt yuvj420p",
    })
    void carriesTheShapeOfPixels(String name, String codec) throws Exception {
        String[] output = ("-aspect 16:9 -c:v " + codec).split(" ");
        Path clip = FfmpegTool.clip(directory.resolve(name), "180x144", 25, 3, output);
        SampleAspect wide = new SampleAspect(64, 45);
        assertEquals(wide, aspectOf(clip, new SourceOptions()));
        assertEquals(wide, aspectOf(clip, NATIVE));
        assertEquals(wide, aspectOf(clip, new SourceOptions().encoding(SourceOptions.EncodingChoice.JPEG)));
        assertEquals(wide, aspectOf(clip, new SourceOptions().encoding(SourceOptions.EncodingChoice.ZSTD)));
        assertEquals(SampleAspect.SQUARE, aspectOf(clip, new SourceOptions().size(256, 144)));
    }

    @Test
    void turnsTheShapeOfPixelsWithThePicture() throws Exception {
        Path flat = FfmpegTool.clip(directory.resolve("flat.mp4"), "180x144", 25, 1, "-aspect", "16:9");
        Path turned = directory.resolve("turned.mp4");
        FfmpegTool.run("-i", flat.toString(), "-c", "copy", "-metadata:s:v:0", "rotate=90", turned.toString());
        assertEquals(new SampleAspect(45, 64), aspectOf(turned, new SourceOptions()));
    }

    private static SampleAspect aspectOf(Path clip, SourceOptions options) throws Exception {
        try (FrameSource source = FrameSources.open(clip.toString(), options)) {
            assertTrue(source.advance());
            return source.format().sampleAspect();
        }
    }

    @Test
    void keepsTheTimesOfTheStreamFromZero() throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("times.mp4"),
                "160x120",
                30,
                30,
                "-c:v",
                "libx264",
                "-bf",
                "3",
                "-output_ts_offset",
                "7");
        try (FrameSource source = FfmpegSource.open(clip.toString(), NATIVE)) {
            assertEquals(30, source.framesPerSecond(), 0.01);
            for (int i = 0; i < 30; i++) {
                assertTrue(source.advance());
                assertEquals(i * 1e9 / 30, source.presentationTimeNs(), 1e6);
            }
            assertFalse(source.advance());
            assertFalse(source.advance());
        }
    }

    @Test
    void describesItsInput() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("clip.mp4"), "320x240", 30, 2, "-c:v", "libx264");
        try (FrameSource source = FfmpegSource.open(clip.toString(), NATIVE)) {
            assertEquals("clip.mp4 (h264, 320x240, 30 fps)", source.describe());
        }
        Path ntsc = directory.resolve("ntsc: 1.mkv");
        FfmpegTool.run(
                "-f", "lavfi", "-i", "testsrc2=rate=30000/1001", "-frames:v", "4", "-c:v", "mpeg4", "file:" + ntsc);
        try (FrameSource source = FfmpegSource.open(ntsc.toString(), NATIVE)) {
            assertEquals("ntsc: 1.mkv (mpeg4, 320x240, 29.97 fps)", source.describe());
            assertTrue(source.advance());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "avi", "ts", "h264", "nut", "y4m"})
    void loopsWithoutLosingAFrame(String container) throws Exception {
        String codec =
                switch (container) {
                    case "y4m" -> "wrapped_avframe";
                    case "nut" -> "ffv1";
                    default -> "libx264";
                };
        Path clip = FfmpegTool.clip(
                directory.resolve("loop." + container), "160x120", 25, 20, "-pix_fmt", "yuv420p", "-c:v", codec);
        List<String> once = Frames.md5(clip, NATIVE);
        assertEquals(20, once.size());
        try (FrameSource source = FfmpegSource.open(clip.toString(), options(0, 0, null, true))) {
            long lastNs = -40_000_000;
            for (int i = 0; i < 3; i++) {
                assertEquals(once, Frames.md5(source, 20), "pass " + i);
                assertEquals(800e6, source.presentationTimeNs() - lastNs, 2e6, "pass " + i);
                lastNs = source.presentationTimeNs();
            }
        }
    }

    @Test
    void followsAStreamThatChangesItsSize() throws Exception {
        Path small = FfmpegTool.clip(directory.resolve("small.ts"), "160x120", 25, 5, "-c:v", "mpeg2video");
        Path large = FfmpegTool.clip(directory.resolve("large.ts"), "320x240", 25, 5, "-c:v", "mpeg2video");
        Path both = directory.resolve("both.ts");
        Files.write(both, Files.readAllBytes(small));
        Files.write(both, Files.readAllBytes(large), StandardOpenOption.APPEND);
        try (FrameSource source = FfmpegSource.open(both.toString(), NATIVE);
                FrameSource fixed = FfmpegSource.open(both.toString(), options(200, 100, PixelFormat.BGR24, false))) {
            FrameFormat first = null;
            int count = 0;
            while (source.advance()) {
                assertEquals(source.format().maxPayloadLength(), Frames.bytes(source).length);
                if (count == 0) {
                    first = source.format();
                } else if (count == 3) {
                    assertSame(first, source.format());
                }
                count++;
            }
            assertEquals(FfmpegTool.frameCount(both), count);
            assertEquals(160, first.width());
            while (fixed.advance()) {
                assertEquals(FrameFormat.bgr24(200, 100), fixed.format());
                Frames.bytes(fixed);
            }
        }
    }

    @Test
    void allocatesNextToNothingPerFrame() throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("steady.mp4"), "640x480", 25, 600, "-c:v", "libx264", "-preset", "ultrafast");
        for (PixelFormat pixels : new PixelFormat[] {null, PixelFormat.BGR24}) {
            try (FrameSource source = FfmpegSource.open(clip.toString(), options(0, 0, pixels, false))) {
                assertTrue(source.advance());
                ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
                double bytes = AllocatedBytes.perCall(140, i -> {
                    assertTrue(source.advance());
                    source.write(target);
                });
                assertTrue(bytes < 200, bytes + " bytes a frame");
            }
        }
    }

    @Test
    void refusesMisuse() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("misuse.mp4"), "160x120", 25, 2, "-c:v", "libx264");
        FrameSource source = FfmpegSource.open(clip.toString(), NATIVE);
        ByteBuffer small = ByteBuffer.allocateDirect(100);
        assertThrows(IllegalStateException.class, () -> source.write(small));
        assertThrows(IllegalStateException.class, source::format);
        assertTrue(source.advance());
        assertThrows(IllegalArgumentException.class, () -> source.write(small));
        assertThrows(IllegalArgumentException.class, () -> source.write(ByteBuffer.allocate(1 << 20)));
        source.close();
        source.close();
        assertThrows(IllegalStateException.class, source::advance);
        assertThrows(IllegalStateException.class, () -> source.write(small));
    }
}
