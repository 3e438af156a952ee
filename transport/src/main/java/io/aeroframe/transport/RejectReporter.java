package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * Reports rejected messages at most once a second, and other errors immediately. An exception that the error handler
 * throws propagates to the caller; the report counts as made. One thread.
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

    /** Reports an error immediately. */
    void report(FrameTransportException error) {
        errorHandler.onError(error);
    }

    /** Counts a rejected message, and reports all since the last report if that is at least a second ago. */
    void count(RejectReason reason) {
        unreported++;
        long nowNs = System.nanoTime();
        if (nowNs - reportedNs >= INTERVAL_NS) {
            long count = unreported;
            unreported = 0;
            reportedNs = nowNs;
            errorHandler.onError(new FrameTransportException(
                    FrameTransportException.Reason.REPORT,
                    "stream '" + stream + "': skipped " + count + " invalid " + (count == 1 ? "message" : "messages")
                            + " (last: " + reason.text() + ")"));
        }
    }
}
