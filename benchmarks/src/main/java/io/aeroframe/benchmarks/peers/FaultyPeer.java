package io.aeroframe.benchmarks.peers;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.vision.source.PictureSize;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A peer that measures with faults injected, by which its harness is checked. For one thread. */
public final class FaultyPeer {

    /** 50 frames/s: a frame that is late by two of the times below does not delay the next. */
    private static final Plan PLAN = new Plan(
            FramePath.log,
            FrameChannel.IPC,
            new PictureSize(64, 48),
            new FrameRate(50),
            FrameEncoding.RAW,
            Idle.backoff,
            false,
            false,
            0.5,
            1);

    private final Peer peer;
    private final Python python;

    private FaultyPeer(String name, Python python) {
        peer = Peer.named(name).orElseThrow();
        this.python = python;
    }

    /** Returns a peer that measures with the harness in Python. */
    public static FaultyPeer inPython() throws InterruptedException {
        return new FaultyPeer("python-pipe", Python.onSearchPath());
    }

    /** Returns a peer that measures with the harness in C++. */
    public static FaultyPeer inCpp() {
        return new FaultyPeer("zeromq", Python.none());
    }

    /** Returns the name to print. */
    public String title() {
        return peer.title() + ": " + PLAN.describe();
    }

    /** Returns the command that installs what the peer needs on Debian, or nothing if it is there. */
    public Optional<String> missing() throws InterruptedException {
        return peer.missing(PLAN.encoding(), python);
    }

    /**
     * Runs the peer once.
     *
     * @param stallMs the time in ms by which the writer is late after it has stamped a frame
     * @param lateMs  the time in ms by which the reader is late before it takes the time of a frame
     * @param drop    the number of measured frames that the reader drops
     */
    public Figures run(Measurement measurement, long stallMs, long lateMs, long drop) throws InterruptedException {
        Map<String, List<String>> more = Map.of(
                "writer", List.of("--stall-ms", Long.toString(stallMs)),
                "reader", List.of("--late-ms", Long.toString(lateMs), "--drop", Long.toString(drop)));
        return new PeerRun(measurement, PLAN, python, more).of(peer);
    }
}
