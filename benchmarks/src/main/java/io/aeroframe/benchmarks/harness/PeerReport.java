package io.aeroframe.benchmarks.harness;

import org.HdrHistogram.Histogram;

/** Reads the reports of peers in other languages: the lines that the harnesses in {@code benchmarks/peers} print. */
final class PeerReport {

    private static final String MARK = "bench-peer ";

    private PeerReport() {}

    /** Returns the report in a line, or null if there is none. Trusts the line: a child process printed it. */
    static Report parse(String line) {
        if (!line.startsWith(MARK)) {
            return null;
        }
        String[] words = line.substring(MARK.length()).split(" ");
        return switch (words[0]) {
            case "ready" -> new Report.Ready();
            case "serving" -> new Report.Serving();
            case "written" -> written(words);
            case "read" -> read(words);
            default -> throw new IllegalArgumentException("'" + words[0] + "' is not a report");
        };
    }

    /** Words: bytes of a frame, frames sent, processor time, elapsed time. */
    private static Report written(String[] words) {
        long sent = Long.parseLong(words[2]);
        return new Report.Written(
                Integer.parseInt(words[1]),
                new Report.PublicationCounts(sent, sent, 0, 0, 0),
                usage(words[3], words[4]),
                Latencies.histogram());
    }

    /** Words: frames out of order or of the wrong shape, processor time, elapsed time, and each frame's latency. */
    private static Report read(String[] words) {
        Histogram stamped = Latencies.histogram();
        for (int i = 4; i < words.length; i++) {
            Latencies.record(stamped, Long.parseLong(words[i]));
        }
        return new Report.Read(
                words.length - 4,
                Long.parseLong(words[1]),
                Report.SubscriptionCounts.NONE,
                usage(words[2], words[3]),
                stamped,
                Latencies.histogram(),
                Latencies.histogram(),
                0);
    }

    private static Meter.Usage usage(String cpuNs, String elapsedNs) {
        return new Meter.Usage(Long.parseLong(cpuNs), Long.parseLong(elapsedNs), 0);
    }
}
