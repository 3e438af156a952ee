package io.aeroframe.driver;

import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ErrorHandler;

/**
 * Counts the setups that a driver has refused, and reports them, at most once a second. The driver's receiver refuses;
 * any thread may ask for the count.
 */
final class RefusedSetups {

    private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final ImageLimits limits;
    private final ErrorHandler errorHandler;
    private final AtomicLong count = new AtomicLong();
    private long reported;
    private long reportedNs = System.nanoTime() - REPORT_INTERVAL_NS;

    /** Why a setup is refused. */
    enum Reason {
        TRUNCATED,
        TERM_LENGTH,
        MTU,
        POSITION,
        IMAGES,
        BYTES
    }

    RefusedSetups(ImageLimits limits, ErrorHandler errorHandler) {
        this.limits = limits;
        this.errorHandler = errorHandler;
    }

    long count() {
        return count.get();
    }

    void refuse(Reason reason, SetupFlyweight header, InetSocketAddress source, UdpChannel channel) {
        long refused = count.incrementAndGet();
        long nowNs = System.nanoTime();
        if (nowNs - reportedNs < REPORT_INTERVAL_NS) {
            return;
        }
        long unreported = refused - reported - 1;
        reported = refused;
        reportedNs = nowNs;
        errorHandler.onError(new FrameDriverException(
                FrameDriverException.Reason.SETUP_REFUSED,
                "refused a stream that " + source + " sets up on "
                        + channel.originalUriString() + ": " + text(reason, header)
                        + (reason == Reason.TRUNCATED
                                ? ""
                                : "; streamId=" + header.streamId() + " sessionId=" + header.sessionId())
                        + (unreported == 0 ? "" : "; and " + unreported + " more since the last report")));
    }

    private String text(Reason reason, SetupFlyweight header) {
        return switch (reason) {
            case TRUNCATED -> "its setup is shorter than " + SetupFlyweight.HEADER_LENGTH + " bytes";
            case TERM_LENGTH ->
                "termLength=" + header.termLength() + " is not a power of two from 65536 to maxTermLength="
                        + limits.maxTermLength();
            case MTU ->
                "mtuLength=" + header.mtuLength() + " is not a multiple of 32 from 64 to 65504, or over termLength="
                        + header.termLength();
            case POSITION ->
                "termOffset=" + header.termOffset() + " activeTermId=" + header.activeTermId() + " initialTermId="
                        + header.initialTermId() + " are not a position";
            case IMAGES -> "the channel has maxImagesPerChannel=" + limits.maxImagesPerChannel() + " already";
            case BYTES ->
                "three terms of termLength=" + header.termLength()
                        + " and those of all other streams are over maxImageBytes=" + limits.maxImageBytes();
        };
    }
}
