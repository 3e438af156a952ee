package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When frames are shown, from containers with timestamps that jump, or with none. */
class FfmpegTimeTest {

    private static final int PART_FRAMES = 20;
    private static final double FRAME_MS = 40;

    /** Timestamps of transport streams, 33 bits of 90 kHz, wrap 0.4 s after this. */
    private static final String BEFORE_WRAP = "95443.3";

    @TempDir
    static Path directory;

    @BeforeAll
    static void needsFfmpeg() {
        FfmpegTool.assumeInstalled();
    }

    /** A part of 0.8 s that begins at an offset. */
    private static Path part(String offset) throws Exception {
        Path file = directory.resolve("part-" + offset + ".ts");
        return Files.exists(file)
                ? file
                : FfmpegTool.clip(
                        file,
                        "64x48",
                        25,
                        PART_FRAMES,
                        "-c:v",
                        "libx264",
                        "-bf",
                        "2",
                        "-muxdelay",
                        "0",
                        "-output_ts_offset",
                        offset);
    }

    private static Path joined(String... offsets) throws Exception {
        Path file = directory.resolve("joined-" + String.join("-", offsets) + ".ts");
        Files.write(file, new byte[0]);
        for (String offset : offsets) {
            Files.write(file, Files.readAllBytes(part(offset)), StandardOpenOption.APPEND);
        }
        return file;
    }

    private static List<Double> timesMs(Path file, SourceOptions options, int most) throws IOException {
        List<Double> times = new ArrayList<>();
        try (FrameSource source = FfmpegSource.open(file.toString(), options.encoding(EncodingChoice.RAW))) {
            while (times.size() < most && source.advance()) {
                times.add(source.presentationTimeNs() / 1e6);
            }
        }
        return times;
    }

    private static void assertEvenly(int frames, double frameMs, List<Double> times) {
        assertEquals(frames, times.size());
        for (int i = 0; i < frames; i++) {
            assertEquals(i * frameMs, times.get(i), 1.5, "frame " + i + " of " + times);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3600, 0", // forwards and back by an hour
        "0, 36000, 3600",
        "3600, 0, 36000",
        BEFORE_WRAP + ", 0, 95000", // a wrap, a start at 0, and a jump forwards by a day
        "0, " + BEFORE_WRAP + ", 0"
    })
    void aJumpInATransportStreamCostsAFramesTime(String first, String second, String third) throws Exception {
        Path file = joined(first, second, third);
        assertEvenly(3 * PART_FRAMES, FRAME_MS, timesMs(file, new SourceOptions(), Integer.MAX_VALUE));
        int looped = 2 * 3 * PART_FRAMES;
        assertEvenly(looped, FRAME_MS, timesMs(file, new SourceOptions().loop(true), looped));
        SourceOptions later = new SourceOptions().startNs(1_200_000_000L); // within the second part
        assertEvenly(3 * PART_FRAMES - 30, FRAME_MS, timesMs(file, later, Integer.MAX_VALUE));
    }

    @Test
    void aJumpInAPlaylistCostsAFramesTime() throws Exception {
        StringBuilder playlist = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n");
        for (String offset : List.of("0", "3600", "36000", "0")) {
            playlist.append("#EXTINF:0.8,\n").append(part(offset).getFileName()).append("\n#EXT-X-DISCONTINUITY\n");
        }
        Path file = Files.writeString(directory.resolve("list.m3u8"), playlist.append("#EXT-X-ENDLIST\n"));
        assertEvenly(4 * PART_FRAMES, FRAME_MS, timesMs(file, new SourceOptions(), Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkv", "mp4", "flv", "nut"})
    void aJumpThatWasCopiedIntoAnotherContainerCostsAFramesTime(String container) throws Exception {
        Path file = directory.resolve("copied." + container);
        FfmpegTool.run("-i", joined("0", "3600").toString(), "-c", "copy", "-copyts", file.toString());
        assertEvenly(2 * PART_FRAMES, FRAME_MS, timesMs(file, new SourceOptions(), Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource({
        "h264, libx264, 12",
        "h264, libx264, 24",
        "h264, libx264, 60",
        "h264, libx264, 120",
        "hevc, libx265, 12",
        "hevc, libx265, 240",
        "m4v, mpeg4, 50",
        "m2v, mpeg2video, 50"
    })
    void aBareStreamPlaysAtTheRateOfItsHeader(String extension, String encoder, int rate) throws Exception {
        Path file = FfmpegTool.clip(
                directory.resolve("bare-" + rate + "." + extension),
                "64x48",
                rate,
                40,
                "-c:v",
                encoder,
                "-x265-params",
                "log-level=none");
        assertEvenly(40, 1_000.0 / rate, timesMs(file, new SourceOptions(), Integer.MAX_VALUE));
        try (FrameSource source = FfmpegSource.open(file.toString(), new SourceOptions())) {
            assertEquals(rate, source.framesPerSecond(), 0.01);
        }
    }

    @Test
    void theLastFrameOfAnAnimationIsShownForItsOwnTime() throws Exception {
        Path pictures = Files.writeString(
                directory.resolve("pictures.ffconcat"),
                "ffconcat version 1.0\nfile red.png\nduration 0.12\nfile green.png\nduration 0.2\nfile blue.png\n");
        for (String color : List.of("red", "green", "blue")) {
            FfmpegTool.run(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=" + color + ":size=64x48",
                    "-frames:v",
                    "1",
                    directory.resolve(color + ".png").toString());
        }
        Path file = directory.resolve("slow.gif");
        FfmpegTool.run(
                "-safe", "0", "-i", pictures.toString(), "-fps_mode", "vfr", "-final_delay", "300", file.toString());
        assertEquals(
                List.of(0.0, 120.0, 320.0, 3_320.0, 3_440.0, 3_640.0, 6_640.0),
                timesMs(file, new SourceOptions().loop(true), 7));
        try (FrameSource source = FrameSources.open(file.toString(), new SourceOptions())) {
            assertEquals(3, Frames.md5(source, 3).size());
            assertEquals(3_000_000_000L, source.durationNs());
        }
    }
}
