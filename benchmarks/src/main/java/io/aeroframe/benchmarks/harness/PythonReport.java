package io.aeroframe.benchmarks.harness;

import org.HdrHistogram.Histogram;

/** What a process that is no JVM tells, in words: the lines that {@code benchmarks/peers/harness.py} prints. */
final class PythonReport {

    private static final String MARK = "bench-peer ";

    private PythonReport() {}

    /** The report of a line; null if the line is none. Trusts the line: it is that of a process of one's own. */
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
            default -> throw new IllegalArgumentException("'" + words[0] + "' is no report");
        };
    }

    /** Bytes of a frame, frames sent, processor time, elapsed time. */
    private static Report written(String[] words) {
        long sent = Long.parseLong(words[2]);
        return new Report.Written(
                Integer.parseInt(words[1]),
                new Report.PublicationCounts(sent, sent, 0, 0, 0),
                usage(words[3], words[4]),
                Latencies.histogram());
    }

    /** Frames out of order or of another shape, processor time, elapsed time, and the latency of each frame. */
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
