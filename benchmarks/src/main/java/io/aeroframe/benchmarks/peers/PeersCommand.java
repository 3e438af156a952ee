package io.aeroframe.benchmarks.peers;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.options.BgrSizeConverter;
import io.aeroframe.benchmarks.options.DurationOptions;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.RawOrJpeg;
import io.aeroframe.benchmarks.options.RunsOption;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.vision.source.PictureSize;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench peers}: measures Aeroframe and what people use today, in turn. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure Aeroframe and what people use today, one after the other: same frame, same rate, the writer and "
                    + "the reader each a process.",
            "",
            "Latency is from the stamp right before the frame is sent until the reader has it as an array; with "
                    + "--encoding jpeg it starts before the picture is encoded and ends when it is decoded. For a peer "
                    + "that is not installed, the command that installs it is printed."
        })
public final class PeersCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = BgrSizeConverter.class,
            description = "Size of the frames. Default: 1280x688, with --encoding jpeg 640x480.")
    private PictureSize size;

    @Option(
            names = "--fps",
            paramLabel = "N|max",
            converter = FrameRate.Converter.class,
            description = "Frames per second, or as many as possible. Default: 60, with --encoding jpeg 30.")
    private FrameRate rate;

    @Mixin
    private DurationOptions duration = new DurationOptions(20, 2, 3_600);

    @Mixin
    private RunsOption runs = new RunsOption(1, 1_000);

    @Option(
            names = "--encoding",
            paramLabel = "raw|jpeg",
            converter = RawOrJpeg.class,
            description = "raw: pixels as they are. jpeg: writers encode and readers decode each frame. Default: raw.")
    private FrameEncoding encoding = FrameEncoding.RAW;

    @Option(
            names = "--only",
            paramLabel = "PEER",
            split = ",",
            description = "Only these peers: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private List<String> only = List.of();

    @Option(names = "--json", description = "Print one JSON object instead of tables.")
    private boolean isJson;

    /** The names of all peers, for the help. */
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
        PeersReport report = new PeersReport(plan, runs.count());
        for (Peer peer : asked) {
            Optional<String> missing = peer.missing(encoding, python);
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
        PictureSize frame = size != null ? size : isJpeg ? new PictureSize(640, 480) : new PictureSize(1280, 688);
        FrameRate pace = rate != null ? rate : new FrameRate(isJpeg ? 30 : 60);
        duration.check(pace);
        return new Plan(
                FramePath.log,
                FrameChannel.IPC,
                frame,
                pace,
                encoding,
                Idle.backoff,
                false,
                false,
                duration.warmup(),
                duration.seconds());
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
                    .orElseThrow(() -> duration.usageError(
                            "--only: there is no peer '" + name + "'; use " + String.join(", ", new Names())));
            if (!peer.isFor(encoding)) {
                throw duration.usageError(
                        "--only " + name + " is for --encoding " + (encoding == FrameEncoding.JPEG ? "raw" : "jpeg"));
            }
            peers.add(peer);
        }
        return Peer.ALL.stream().filter(peers::contains).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void run(Plan plan, Python python, PeersReport report) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (Measurement measurement = new Measurement()) {
            PeerRun peerRun = new PeerRun(measurement, plan, python, Map.of());
            for (int i = 0; i < runs.count(); i++) {
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
}
