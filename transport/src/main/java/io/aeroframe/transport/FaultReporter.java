package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/** Tells of faulty messages once a second at most. One thread. */
final class FaultReporter {

    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final StreamName stream;
    private final ErrorHandler errorHandler;
    private long reportedNs = System.nanoTime() - INTERVAL_NS;
    private long unreported;

    FaultReporter(StreamName stream, ErrorHandler errorHandler) {
        this.stream = stream;
        this.errorHandler = errorHandler;
    }

    void report(FrameTransportException error) {
        errorHandler.onError(error);
    }

    void count(HeaderFault fault) {
        unreported++;
        long nowNs = System.nanoTime();
        if (nowNs - reportedNs >= INTERVAL_NS) {
            long count = unreported;
            unreported = 0;
            reportedNs = nowNs;
            errorHandler.onError(new FrameTransportException("stream '" + stream + "': skipped " + count
                    + (count == 1 ? " message that is" : " messages that are") + " no valid frame, the last because "
                    + fault.text()));
        }
    }
}
