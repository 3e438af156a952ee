package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * Reports rejected messages, at most once a second, and other errors as they come. What the error handler throws is
 * thrown from here, after the reporter has noted that it reported. One thread.
 */
final class RejectReporter {

    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final StreamName stream;
    private final ErrorHandler errorHandler;
    private long reportedNs = System.nanoTime() - INTERVAL_NS;
    private long unreported;

    RejectReporter(StreamName stream, ErrorHandler errorHandler) {
        this.stream = stream;
        this.errorHandler = errorHandler;
    }

    /** Reports an error now. */
    void report(FrameTransportException error) {
        errorHandler.onError(error);
    }

    /**
     * Counts a rejected message, and reports all of them since the last report unless that was less than a second
     * ago.
     */
    void count(RejectReason fault) {
        unreported++;
        long nowNs = System.nanoTime();
        if (nowNs - reportedNs >= INTERVAL_NS) {
            long count = unreported;
            unreported = 0;
            reportedNs = nowNs;
            errorHandler.onError(new FrameTransportException("stream '" + stream + "': skipped " + count + " invalid "
                    + (count == 1 ? "message" : "messages") + " (last: " + fault.text() + ")"));
        }
    }
}
