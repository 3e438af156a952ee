package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.Psnr;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;

/** Where playing begins, which way is up, and what is passed on undecoded. */
class FfmpegPlaybackTest {

    @TempDir
    static Path directory;

    @BeforeAll
    static void needsFfmpeg() {
        FfmpegTool.assumeInstalled();
        OpenCv.load();
    }

    private static SourceOptions raw(PixelFormat pixels, boolean loop) {
        return new SourceOptions()
                .pixelFormat(pixels)
                .encoding(EncodingChoice.RAW)
                .loop(loop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "avi", "ts", "h264", "nut"})
    void beginsAtTheTimeAskedForAndLoopsFromThere(String container) throws Exception {
        String delayed = container.equals("avi") ? "0" : "2"; // AVI keeps no presentation times
        Path clip = FfmpegTool.clip(
                directory.resolve("start." + container),
                "160x120",
                25,
                50,
                "-c:v",
                "libx264",
                "-bf",
                delayed,
                "-g",
                "20");
        List<String> all = Frames.md5(clip, raw(null, false));
        assertEquals(50, all.size());
        List<String> tail = all.subList(32, 50);
        assertEquals(tail, Frames.md5(clip, raw(null, false).startNs(1_280_000_000L)));
        try (FrameSource source =
                FfmpegSource.open(clip.toString(), raw(null, true).startNs(1_270_000_000L))) {
            for (int pass = 0; pass < 3; pass++) {
                assertEquals(tail, Frames.md5(source, tail.size()), "pass " + pass);
            }
            assertEquals((3 * tail.size() - 1) * 40e6, source.presentationTimeNs(), 3e6);
        }
    }

    @Test
    void saysThatThereIsNothingToBeginAt() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("short.mp4"), "160x120", 25, 25, "-c:v", "libx264");
        try (FrameSource source =
                FfmpegSource.open(clip.toString(), raw(null, true).startNs(5_000_000_000L))) {
            assertEquals(
                    clip + ": the start offset of 5.000s is after its last frame, at 0.960s",
                    assertThrows(IOException.class, source::advance).getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"90, yuv420p, 90x160", "180, yuv420p, 160x90", "270, yuv420p, 90x160", "90, gray, 90x160"})
    void turnsWhatTheContainerSaysIsOnItsSide(int degrees, String pixels, String size) throws Exception {
        Path flat = FfmpegTool.clip(
                directory.resolve("flat-" + degrees + pixels + ".mp4"),
                "160x90",
                25,
                4,
                "-c:v",
                "libx264",
                "-pix_fmt",
                pixels);
        Path turned = directory.resolve("turned-" + degrees + pixels + ".mp4");
        FfmpegTool.run("-i", flat.toString(), "-c", "copy", "-metadata:s:v:0", "rotate=" + degrees, turned.toString());
        assertEquals(FfmpegTool.frameMd5(turned), Frames.md5(turned, raw(null, false))); // ffmpeg turns them, too
        byte[] reference =
                FfmpegTool.run("-i", turned.toString(), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24", "-");
        try (FrameSource source = FfmpegSource.open(turned.toString(), new SourceOptions())) {
            assertTrue(source.advance());
            assertEquals(size + " BGR24", source.format().describe());
            double psnr = Psnr.of(reference, Frames.bytes(source));
            assertTrue(psnr > 30, psnr + " dB");
        }
        SourceOptions small = new SourceOptions().size(46, 80).encoding(EncodingChoice.RAW);
        try (FrameSource source = FfmpegSource.open(turned.toString(), small)) {
            assertTrue(source.advance());
            assertEquals(46 * 80 * 3, Frames.bytes(source).length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"avi", "mkv", "mp4"})
    void passesMotionJpegOnAsItIs(String container) throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("motion." + container), "176x144", 10, 12, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p");
        byte[] packets = FfmpegTool.run("-i", clip.toString(), "-c", "copy", "-f", "data", "-map", "0:v", "-");
        for (EncodingChoice encoding : new EncodingChoice[] {EncodingChoice.JPEG, EncodingChoice.RAW_OR_PASSED_JPEG}) {
            SourceOptions options = new SourceOptions().encoding(encoding).loop(true);
            ByteArrayOutputStream passed = new ByteArrayOutputStream();
            try (FrameSource source = FrameSources.open(clip.toString(), options)) {
                for (int i = 0; i < 24; i++) {
                    assertTrue(source.advance());
                    assertEquals(FrameFormat.jpeg(176, 144), source.format());
                    assertEquals(i * 1e8, source.presentationTimeNs(), 2e6);
                    if (i < 12) {
                        passed.write(bytes(source));
                        assertEquals(1, source.copies());
                    }
                }
            }
            assertArrayEquals(packets, passed.toByteArray());
        }
    }

    @Test
    void beginsLaterInMotionJpegToo() throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("later.mkv"), "176x144", 10, 12, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p");
        int count = 0;
        try (FrameSource source = FrameSources.open(clip.toString(), new SourceOptions().startNs(500_000_000L))) {
            while (source.advance()) {
                count++;
            }
        }
        assertEquals(7, count);
    }

    @Test
    void decodesMotionJpegWhereOtherPixelsAreAskedFor() throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("decoded.avi"), "176x144", 10, 2, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p");
        List<SourceOptions> others = List.of(
                raw(PixelFormat.BGR24, false),
                new SourceOptions().pixelFormat(PixelFormat.GRAY8),
                new SourceOptions().size(88, 72));
        for (SourceOptions options : others) {
            try (FrameSource source = FfmpegSource.open(clip.toString(), options)) {
                assertTrue(source.advance());
                assertEquals(FrameEncoding.RAW, source.format().encoding());
            }
        }
    }

    /** A camera's AVI, whose images have no Huffman tables; then also no quantization tables but in the first. */
    @Test
    void completesImagesThatLeaveOutTheirTables() throws Exception {
        byte[] jpeg = SyntheticPictures.jpeg(SyntheticPictures.photograph(64, 48), 80);
        byte[] bare = MotionJpegAvi.without(jpeg, 0xC4);
        byte[] barest = MotionJpegAvi.without(bare, 0xDB);
        assertTrue(bare.length < jpeg.length - 400 && barest.length < bare.length - 128);
        Path clip = MotionJpegAvi.write(directory.resolve("bare.avi"), 64, 48, List.of(bare, barest, bare, barest));
        ByteBuffer expected = decoded(jpeg);
        try (FrameSource source = FfmpegSource.open(clip.toString(), new SourceOptions())) {
            for (int frame = 0; frame < 4; frame++) {
                assertTrue(source.advance());
                assertEquals(FrameFormat.jpeg(64, 48), source.format());
                assertEquals(expected, decoded(bytes(source)));
            }
            assertFalse(source.advance());
        }
    }

    /** The two images of a packet are the odd and the even rows of one picture. */
    @Test
    void weavesTheFieldsOfAnInterlacedPicture() throws Exception {
        byte[] odd = SyntheticPictures.jpeg(new Mat(24, 64, CvType.CV_8UC3, Scalar.all(250)), 95);
        byte[] even = SyntheticPictures.jpeg(new Mat(24, 64, CvType.CV_8UC3, Scalar.all(5)), 95);
        byte[] packet =
                ByteBuffer.allocate(odd.length + even.length).put(odd).put(even).array();
        Path clip = MotionJpegAvi.write(directory.resolve("fields.avi"), 64, 48, List.of(packet, packet));
        try (FrameSource source =
                FfmpegSource.open(clip.toString(), new SourceOptions().pixelFormat(PixelFormat.BGR24))) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.bgr24(64, 48), source.format());
            byte[] pixels = bytes(source);
            boolean isFirstBright = (pixels[0] & 0xFF) > 128; // the packet does not say which rows come first
            for (int row = 0; row < 48; row++) {
                int gray = pixels[row * 64 * 3] & 0xFF;
                assertTrue(row % 2 == 0 == isFirstBright ? gray > 230 : gray < 25, "row " + row + ": " + gray);
            }
        }
    }

    @Test
    void aPacketThatIsNotAWholeImageIsSkipped() throws Exception {
        byte[] jpeg = SyntheticPictures.jpeg(SyntheticPictures.photograph(64, 48), 80);
        byte[] half = Arrays.copyOf(jpeg, jpeg.length / 2);
        Path clip = MotionJpegAvi.write(directory.resolve("half.avi"), 64, 48, List.of(jpeg, half, jpeg));
        try (FfmpegSource source = FfmpegSource.open(clip.toString(), new SourceOptions())) {
            assertTrue(source.advance());
            assertTrue(source.advance());
            assertFalse(source.advance());
            assertEquals(1, source.decodeErrors());
        }
    }

    private static ByteBuffer decoded(byte[] jpeg) throws IOException {
        ByteBuffer pixels = ByteBuffer.allocateDirect(64 * 48 * 3);
        try (JpegCodec codec = JpegCodecs.open()) {
            codec.decode(
                    ByteBuffer.allocateDirect(jpeg.length).put(jpeg).flip(),
                    jpeg.length,
                    pixels,
                    FrameFormat.bgr24(64, 48));
        }
        return pixels;
    }

    private static byte[] bytes(FrameSource source) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
        byte[] bytes = new byte[source.write(target)];
        target.get(0, bytes);
        return bytes;
    }

    @Test
    void keepsFramesOfDifferentLength() throws Exception {
        Path clip = directory.resolve("variable.mkv");
        FfmpegTool.run(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x120:rate=50",
                "-vf",
                "select='not(between(n,10,29))'",
                "-fps_mode",
                "passthrough",
                "-frames:v",
                "30",
                "-c:v",
                "libx264",
                clip.toString());
        List<Double> times = new ArrayList<>();
        try (FrameSource source = FfmpegSource.open(clip.toString(), raw(null, false))) {
            while (source.advance()) {
                times.add(source.presentationTimeNs() / 1e9);
            }
        }
        List<Double> expected = FfmpegTool.frameTimes(clip);
        assertEquals(expected.size(), times.size());
        for (int i = 0; i < times.size(); i++) {
            assertEquals(expected.get(i), times.get(i), 0.0011);
        }
        assertTrue(times.get(10) - times.get(9) > 0.4);
        assertFalse(times.get(11) - times.get(10) > 0.03);
    }
}
