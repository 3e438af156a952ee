package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The ffmpeg and ffprobe of the machine: makes clips, and says what ought to come out of them. */
public final class FfmpegTool {

    private FfmpegTool() {}

    /** Skips the test, saying why, where they are not installed. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(runs("ffmpeg") && runs("ffprobe"), "ffmpeg and ffprobe are not installed");
    }

    private static boolean runs(String tool) {
        try {
            Process process = new ProcessBuilder(tool, "-version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Encodes a test picture; what follows the input goes to ffmpeg as it is. */
    public static Path clip(Path file, String size, int rate, int frames, String... output) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "-f", "lavfi", "-i", "testsrc2=size=" + size + ":rate=" + rate, "-frames:v", String.valueOf(frames)));
        arguments.addAll(List.of(output));
        arguments.add(file.toString());
        run(arguments.toArray(String[]::new));
        return file;
    }

    /** Runs ffmpeg and gives back its standard output. */
    public static byte[] run(String... arguments) throws Exception {
        return start("ffmpeg", arguments, true);
    }

    /** The MD5 of every frame as ffmpeg decodes it. */
    public static List<String> frameMd5(Path file, String... output) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-i", file.toString(), "-map", "0:v:0", "-fps_mode", "passthrough"));
        arguments.addAll(List.of(output));
        arguments.addAll(List.of("-f", "framemd5", "-"));
        String text = new String(start("ffmpeg", arguments.toArray(String[]::new), false), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(line.lastIndexOf(',') + 1).trim())
                .toList();
    }

    /** How many frames ffprobe decodes. */
    public static int frameCount(Path file) throws Exception {
        return Integer.parseInt(countedEntry(file, "nb_read_frames"));
    }

    /** What ffprobe says of the video stream when it has decoded it: {@code nb_read_frames}, and more. */
    public static String countedEntry(Path file, String entries) throws Exception {
        String[] arguments = {
            "-v",
            "error",
            "-count_frames",
            "-select_streams",
            "v:0",
            "-show_entries",
            "stream=" + entries,
            "-of",
            "csv=p=0",
            file.toString()
        };
        String text = new String(start("ffprobe", arguments, true), StandardCharsets.UTF_8);
        return text.lines().findFirst().orElseThrow().replaceFirst(",$", "").trim();
    }

    /** When each frame is shown, in seconds, as ffprobe decodes it. */
    public static List<Double> frameTimes(Path file) throws Exception {
        return probe(file, "-show_entries", "frame=best_effort_timestamp_time")
                .map(Double::valueOf)
                .toList();
    }

    /** What ffprobe says of the video stream: {@code codec_name}, {@code pix_fmt}, ... */
    public static String streamEntry(Path file, String entry) throws Exception {
        return probe(file, "-show_entries", "stream=" + entry).findFirst().orElse("");
    }

    /** The frame rate that ffprobe reports of a file: the average of it, or as it states. */
    public static double rate(Path file) throws Exception {
        String[] parts = streamEntry(file, "avg_frame_rate").split("/");
        return Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
    }

    /** How long a file lasts as its header says, in seconds. */
    public static double durationSeconds(Path file) throws Exception {
        return Double.parseDouble(
                probe(file, "-show_entries", "format=duration").findFirst().orElseThrow());
    }

    private static Stream<String> probe(Path file, String... entries) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-v", "error", "-select_streams", "v:0"));
        arguments.addAll(List.of(entries));
        arguments.addAll(List.of("-of", "csv=p=0", "file:" + file));
        String text = new String(start("ffprobe", arguments.toArray(String[]::new), true), StandardCharsets.UTF_8);
        return text.lines().map(line -> line.replace(",", "").trim()).filter(line -> !line.isEmpty());
    }

    /** Decodes a whole file and gives back what ffmpeg complains of: empty if it takes every frame. */
    public static String complaints(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        "ffmpeg",
                        "-hide_banner",
                        "-nostdin",
                        "-v",
                        "warning",
                        "-xerror",
                        "-i",
                        "file:" + file,
                        "-f",
                        "null",
                        "-fps_mode",
                        "passthrough",
                        "-")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        return status == 0 ? output : output + "status " + status;
    }

    private static byte[] start(String tool, String[] arguments, boolean mustSucceed) throws Exception {
        List<String> command = new ArrayList<>(List.of(tool));
        if (tool.equals("ffmpeg")) {
            command.addAll(List.of("-hide_banner", "-nostdin", "-loglevel", mustSucceed ? "error" : "quiet", "-y"));
        }
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(mustSucceed ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD)
                .start();
        byte[] output = process.getInputStream().readAllBytes();
        int status = process.waitFor();
        if (mustSucceed) {
            assertEquals(0, status, String.join(" ", command));
        }
        return output;
    }
}
