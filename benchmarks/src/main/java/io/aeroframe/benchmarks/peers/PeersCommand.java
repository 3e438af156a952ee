package io.aeroframe.benchmarks.peers;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.FrameRate;
import io.aeroframe.benchmarks.options.Idle;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.RawOrJpeg;
import io.aeroframe.benchmarks.options.Size;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameEncoding;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench peers}: Aeroframe beside what people use today, in turn. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Aeroframe beside what people use today, one after the other on this machine: same frame, same rate, writer and reader a "
                    + "process each.",
            "",
            "Latency is from the stamp right before the frame is handed over until it is an array in the reader's hands; with --encoding jpeg "
                    + "it begins before the picture is encoded and ends when it is decoded. A peer that is not installed is named, with the "
                    + "package to install."
        })
public final class PeersCommand implements Callable<Integer> {

    private static final int MOST_RUNS = 1_000;
    private static final double LONGEST_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = Size.Converter.class,
            description = "Of the pictures. Default: 1280x688, with --encoding jpeg 640x480.")
    private Size size;

    @Option(
            names = "--fps",
            paramLabel = "N|max",
            converter = FrameRate.Converter.class,
            description = "Frames a second, or as many as go. Default: 60, with --encoding jpeg 30.")
    private FrameRate rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Measured part of each run. Default: ${DEFAULT-VALUE}.")
    private double seconds = 10;

    @Option(names = "--warmup", paramLabel = "N", description = "Seconds before it. Default: ${DEFAULT-VALUE}.")
    private double warmup = 2;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Rounds of all peers; the median of each figure counts. Default: ${DEFAULT-VALUE}.")
    private int runs = 1;

    @Option(
            names = "--encoding",
            paramLabel = "raw|jpeg",
            converter = RawOrJpeg.class,
            description =
                    "raw: pixels as they are. jpeg: encoded by each writer and decoded by each reader. Default: raw.")
    private FrameEncoding encoding = FrameEncoding.RAW;

    @Option(
            names = "--only",
            paramLabel = "PEER",
            split = ",",
            description = "These peers alone: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private List<String> only = List.of();

    @Option(names = "--json", description = "Print one JSON object instead of tables.")
    private boolean isJson;

    /** For the help. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Names() {
            Peer.ALL.forEach(peer -> add(peer.name()));
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = plan();
        Set<Peer> asked = asked();
        Python python = asked.stream().anyMatch(peer -> peer.implementation() instanceof Peer.PythonPeer)
                ? Python.onSearchPath()
                : Python.none();
        PeersReport report = new PeersReport(plan, runs);
        for (Peer peer : asked) {
            Optional<String> missing = missing(peer, python);
            if (missing.isPresent() && !only.isEmpty()) {
                throw new BenchException(peer.name() + " is not installed: " + missing.get());
            }
            missing.ifPresentOrElse(way -> report.missing(peer, way), () -> report.expect(peer));
        }
        run(plan, python, report);
        PrintWriter out = spec.commandLine().getOut();
        out.print(isJson ? report.json(spec.commandLine()) : report.table());
        out.flush();
        return report.hasFailed() ? 1 : 0;
    }

    private Plan plan() {
        boolean isJpeg = encoding == FrameEncoding.JPEG;
        Size frame = size != null ? size : isJpeg ? new Size(640, 480) : new Size(1280, 688);
        FrameRate pace = rate != null ? rate : new FrameRate(isJpeg ? 30 : 60);
        check(seconds > 0 && seconds <= LONGEST_SECONDS, "--seconds=" + seconds + " is not above 0 and at most 3600");
        check(warmup >= 0 && warmup <= LONGEST_SECONDS, "--warmup=" + warmup + " is not within 0 to 3600");
        check(runs >= 1 && runs <= MOST_RUNS, "--runs=" + runs + " is not within 1 to " + MOST_RUNS);
        check(
                pace.isMax() || pace.perSecond() * seconds >= 1,
                "--seconds " + seconds + " at --fps " + pace + " is less than one frame; give more seconds");
        return new Plan(
                FramePath.log, FrameChannel.IPC, frame, pace, encoding, Idle.backoff, false, false, warmup, seconds);
    }

    private Set<Peer> asked() {
        if (only.isEmpty()) {
            return Peer.ALL.stream()
                    .filter(peer -> peer.isFor(encoding))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        }
        Set<Peer> peers = new LinkedHashSet<>();
        for (String name : only) {
            Peer peer = Peer.named(name)
                    .orElseThrow(() -> mistake(
                            "--only: there is no peer '" + name + "'; choose of " + String.join(", ", new Names())));
            check(
                    peer.isFor(encoding),
                    "--only " + name + " is for --encoding " + (encoding == FrameEncoding.JPEG ? "raw" : "jpeg"));
            peers.add(peer);
        }
        return Peer.ALL.stream().filter(peers::contains).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Optional<String> missing(Peer peer, Python python) {
        if (!(peer.implementation() instanceof Peer.PythonPeer script)) {
            return Optional.empty();
        }
        List<String> modules = script.modules(encoding);
        if (python.with(modules).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(Python.installCommand(modules));
    }

    private void run(Plan plan, Python python, PeersReport report) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (Measurement measurement = new Measurement()) {
            PeerRun peerRun = new PeerRun(measurement, plan, python);
            for (int i = 1; i <= runs; i++) {
                for (Peer peer : report.expected()) {
                    try {
                        report.add(peer, peerRun.of(peer));
                    } catch (BenchException ex) {
                        report.failed(peer, ex.getMessage());
                        err.println("bench: " + peer.name() + ": " + ex.getMessage());
                    }
                }
            }
        }
    }

    private void check(boolean isValid, String complaint) {
        if (!isValid) {
            throw mistake(complaint);
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
