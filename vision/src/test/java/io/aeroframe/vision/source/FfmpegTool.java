package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    static Path clip(Path file, String size, int rate, int frames, String... output) throws Exception {
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
    static List<String> frameMd5(Path file, String... output) throws Exception {
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

    static int frameCount(Path file) throws Exception {
        String[] arguments = {
            "-v",
            "error",
            "-count_frames",
            "-select_streams",
            "v:0",
            "-show_entries",
            "stream=nb_read_frames",
            "-of",
            "csv=p=0",
            file.toString()
        };
        String text = new String(start("ffprobe", arguments, true), StandardCharsets.UTF_8);
        return Integer.parseInt(
                text.lines().findFirst().orElseThrow().replace(",", "").trim());
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
