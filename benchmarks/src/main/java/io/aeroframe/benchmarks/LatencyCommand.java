package io.aeroframe.benchmarks;

import io.aeroframe.benchmarks.LatencyRole.Part;
import io.aeroframe.benchmarks.LatencyRole.Peer;
import io.aeroframe.driver.FrameDriver;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench latency}: raw frames over IPC from one process to another, through Aeroframe's log path and through plain Aeron
 * ({@code Publication.offer}, {@code FragmentAssembler}) in turn, on the same driver.
 */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = {
            "Latency and throughput of raw BGR frames over IPC, from one process to another: Aeroframe's log path beside plain Aeron, in turn.",
            "Run it on a machine that does nothing else. Writer, reader and driver are three processes."
        })
final class LatencyCommand implements Callable<Integer> {

    @Option(names = "--size", paramLabel = "WxH", description = "Default: ${DEFAULT-VALUE}.")
    private String size = "1280x688";

    @Option(names = "--fps", paramLabel = "N|max", description = "Frames a second. Default: ${DEFAULT-VALUE}.")
    private String fps = "60";

    @Option(names = "--seconds", paramLabel = "N", description = "Of each run. Default: ${DEFAULT-VALUE}.")
    private double seconds = 5;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Of each of the two; the medians count. Default: ${DEFAULT-VALUE}.")
    private int runs = 5;

    private record Figures(double p50Us, double p99Us, double p999Us, double maxUs, long received, double fps) {}

    @Override
    public Integer call() throws Exception {
        List<Figures> ours = new ArrayList<>();
        List<Figures> plain = new ArrayList<>();
        try (FrameDriver driver = FrameDriver.join(new FrameDriver.Context().isPrivate(true))) {
            System.out.printf(
                    Locale.ROOT,
                    "raw BGR %s over IPC at %s fps, %d runs each of %.0f s, spinning reader%n",
                    size,
                    fps,
                    runs,
                    seconds);
            System.out.println("                    p50 us     p99 us   p99.9 us     max us       fps     frames");
            for (int i = 0; i < runs; i++) {
                plain.add(run(driver, Peer.aeron));
                ours.add(run(driver, Peer.aeroframe));
            }
        }
        Figures a = medians(ours);
        Figures b = medians(plain);
        System.out.println("medians");
        print("aeroframe log path", a);
        print("plain Aeron", b);
        System.out.printf(
                Locale.ROOT,
                "ratio              %7.2f    %7.2f    %7.2f    %7.2f   %7.2f%n",
                a.p50Us / b.p50Us,
                a.p99Us / b.p99Us,
                a.p999Us / b.p999Us,
                a.maxUs / b.maxUs,
                a.fps / b.fps);
        return 0;
    }

    private Figures run(FrameDriver driver, Peer peer) throws IOException, InterruptedException {
        Process reader = start(driver, Part.reader, peer);
        Process writer = start(driver, Part.writer, peer);
        try (BufferedReader lines = reader.inputReader()) {
            String line;
            Figures figures = null;
            while ((line = lines.readLine()) != null) {
                if (line.startsWith("figures ")) {
                    figures = parse(line.split(" "));
                }
            }
            if (reader.waitFor() != 0 || writer.waitFor() != 0 || figures == null) {
                throw new IOException("a process of the measurement failed, see above");
            }
            print(peer == Peer.aeron ? "plain Aeron" : "aeroframe log path", figures);
            return figures;
        } finally {
            reader.destroy();
            writer.destroy();
        }
    }

    private Process start(FrameDriver driver, Part part, Peer peer) throws IOException {
        String[] sides = size.split("x");
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Bench.class.getName(), "latency-role"));
        command.addAll(List.of(part.name(), peer.name(), "--aeron-dir", driver.aeronDirectoryName()));
        command.addAll(List.of("--width", sides[0], "--height", sides[1], "--fps", fps.equals("max") ? "0" : fps));
        command.addAll(List.of("--seconds", Double.toString(seconds), "--warmup", "2"));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Figures parse(String[] words) {
        return new Figures(
                Long.parseLong(words[1]) / 1e3,
                Long.parseLong(words[2]) / 1e3,
                Long.parseLong(words[3]) / 1e3,
                Long.parseLong(words[4]) / 1e3,
                Long.parseLong(words[5]),
                Double.parseDouble(words[6]));
    }

    private static Figures medians(List<Figures> all) {
        return new Figures(
                median(all.stream().mapToDouble(Figures::p50Us).toArray()),
                median(all.stream().mapToDouble(Figures::p99Us).toArray()),
                median(all.stream().mapToDouble(Figures::p999Us).toArray()),
                median(all.stream().mapToDouble(Figures::maxUs).toArray()),
                (long) median(all.stream().mapToDouble(Figures::received).toArray()),
                median(all.stream().mapToDouble(Figures::fps).toArray()));
    }

    private static double median(double[] values) {
        java.util.Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static void print(String name, Figures figures) {
        System.out.printf(
                Locale.ROOT,
                "%-18s %7.0f    %7.0f    %7.0f    %7.0f   %7.1f    %7d%n",
                name,
                figures.p50Us,
                figures.p99Us,
                figures.p999Us,
                figures.maxUs,
                figures.fps,
                figures.received);
    }
}
