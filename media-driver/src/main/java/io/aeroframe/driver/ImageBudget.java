package io.aeroframe.driver;

import io.aeron.driver.CongestionControl;
import io.aeron.driver.CongestionControlSupplier;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import io.aeron.logbuffer.LogBufferDescriptor;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.status.CountersManager;

/**
 * The account of what the driver has allocated for its peers, and of what it is about to: an image for each session
 * that a peer has set up.
 *
 * <pre>
 * receiver    a setup arrives: {@link #admit} reserves, or refuses
 * conductor   allocates the image, then asks for its congestion control: the reservation becomes the image's
 * conductor   closes the image, and with it its congestion control: the image's share is free
 * </pre>
 *
 * <p>The conductor need not make an image of what was admitted: it may have one already, or no room. A reservation that
 * it has had time to deal with, by its own clock, is dropped. While a large image is pending, no other large one is
 * admitted, nor before as much time has gone by again as the last one took: the conductor has at least half of its time
 * for everyone else. A peer repeats its setup several times a second.
 *
 * <p>Thread-safe: the driver's receiver and conductor call it.
 */
final class ImageBudget implements CongestionControlSupplier {

    /** Images up to this size take a fraction of a millisecond. */
    private static final long LARGE_BYTES = 4L << 20;

    private static final long RESERVATION_NS = TimeUnit.SECONDS.toNanos(1);

    private final ImageLimits limits;
    private final CongestionControlSupplier congestionControls;
    private final Map<Session, Reservation> reserved = new HashMap<>();
    private final Map<Session, Integer> live = new HashMap<>();
    private final Map<UdpChannel, Integer> liveOfChannel = new HashMap<>();
    private long liveBytes;
    private long earliestLargeNs = System.nanoTime();

    /** What becomes of a setup. */
    enum Verdict {
        ADMITTED,
        /** Not now: the peer will repeat it. */
        LATER,
        TOO_MANY_IMAGES,
        TOO_MANY_BYTES
    }

    private record Session(UdpChannel channel, int streamId, int sessionId) {}

    private record Reservation(long bytes, long atNs) {}

    ImageBudget(ImageLimits limits, CongestionControlSupplier congestionControls) {
        this.limits = limits;
        this.congestionControls = congestionControls;
    }

    ImageLimits limits() {
        return limits;
    }

    /**
     * Reserves room for an image that a setup asks for.
     *
     * @param conductorNs how far the driver's conductor is, on its own clock.
     */
    synchronized Verdict admit(
            UdpChannel channel, int streamId, int sessionId, int termLength, int filePageSize, long conductorNs) {
        Session session = new Session(channel, streamId, sessionId);
        if (reserved.containsKey(session)) {
            return Verdict.ADMITTED;
        }
        reserved.values().removeIf(reservation -> conductorNs - reservation.atNs() > RESERVATION_NS);
        long bytes = LogBufferDescriptor.computeLogLength(termLength, filePageSize);
        Verdict verdict = verdict(channel, bytes);
        if (verdict == Verdict.ADMITTED) {
            reserved.put(session, new Reservation(bytes, System.nanoTime()));
        }
        return verdict != Verdict.ADMITTED && live.containsKey(session) ? Verdict.LATER : verdict;
    }

    private Verdict verdict(UdpChannel channel, long bytes) {
        int images = liveOfChannel.getOrDefault(channel, 0);
        long total = liveBytes;
        boolean isLargeReserved = false;
        for (Map.Entry<Session, Reservation> entry : reserved.entrySet()) {
            images += entry.getKey().channel().equals(channel) ? 1 : 0;
            total += entry.getValue().bytes();
            // For one that lives most likely nothing is made: its peer repeats itself because another receiver asked.
            isLargeReserved |= entry.getValue().bytes() > LARGE_BYTES && !live.containsKey(entry.getKey());
        }
        if (images >= limits.maxImagesPerChannel()) {
            return Verdict.TOO_MANY_IMAGES;
        }
        if (total + bytes > limits.maxImageBytes()) {
            return Verdict.TOO_MANY_BYTES;
        }
        boolean mustWait = bytes > LARGE_BYTES && (isLargeReserved || System.nanoTime() - earliestLargeNs < 0);
        return mustWait ? Verdict.LATER : Verdict.ADMITTED;
    }

    /** Called when the conductor has dealt with a setup for sure: there is an image now, or there will be none. */
    synchronized void settle(UdpChannel channel, int streamId, int sessionId) {
        reserved.remove(new Session(channel, streamId, sessionId));
    }

    @Override
    public CongestionControl newInstance(
            long registrationId,
            UdpChannel udpChannel,
            int streamId,
            int sessionId,
            int termLength,
            int senderMtuLength,
            InetSocketAddress controlAddress,
            InetSocketAddress sourceAddress,
            NanoClock nanoClock,
            MediaDriver.Context context,
            CountersManager countersManager) {
        CongestionControl made = congestionControls.newInstance(
                registrationId,
                udpChannel,
                streamId,
                sessionId,
                termLength,
                senderMtuLength,
                controlAddress,
                sourceAddress,
                nanoClock,
                context,
                countersManager);
        Session session = new Session(udpChannel, streamId, sessionId);
        long bytes = LogBufferDescriptor.computeLogLength(termLength, context.filePageSize());
        onMade(session, bytes);
        return new Accounted(made, session, bytes);
    }

    private synchronized void onMade(Session session, long bytes) {
        Reservation reservation = reserved.remove(session);
        if (reservation != null && bytes > LARGE_BYTES) {
            long nowNs = System.nanoTime();
            earliestLargeNs = nowNs + (nowNs - reservation.atNs());
        }
        live.merge(session, 1, Integer::sum);
        liveOfChannel.merge(session.channel(), 1, Integer::sum);
        liveBytes += bytes;
    }

    private synchronized void onClosed(Session session, long bytes) {
        live.computeIfPresent(session, (key, count) -> count == 1 ? null : count - 1);
        liveOfChannel.computeIfPresent(session.channel(), (key, count) -> count == 1 ? null : count - 1);
        liveBytes -= bytes;
        assert liveBytes >= 0;
    }

    /** Images that there are. */
    synchronized int liveImages() {
        return liveOfChannel.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * The congestion control of an image, by whose end the end of the image shows. The driver's threads call it as they
     * call any.
     */
    private final class Accounted implements CongestionControl {

        private final CongestionControl control;
        private final Session session;
        private final long bytes;
        private boolean isClosed;

        Accounted(CongestionControl control, Session session, long bytes) {
            this.control = control;
            this.session = session;
            this.bytes = bytes;
        }

        @Override
        public boolean shouldMeasureRtt(long nowNs) {
            return control.shouldMeasureRtt(nowNs);
        }

        @Override
        public void onRttMeasurementSent(long nowNs) {
            control.onRttMeasurementSent(nowNs);
        }

        @Override
        public void onRttMeasurement(long nowNs, long rttNs, InetSocketAddress srcAddress) {
            control.onRttMeasurement(nowNs, rttNs, srcAddress);
        }

        @Override
        public long onTrackRebuild(
                long nowNs,
                long newConsumptionPosition,
                long lastSmPosition,
                long hwmPosition,
                long startingRebuildPosition,
                long endingRebuildPosition,
                boolean lossOccurred) {
            return control.onTrackRebuild(
                    nowNs,
                    newConsumptionPosition,
                    lastSmPosition,
                    hwmPosition,
                    startingRebuildPosition,
                    endingRebuildPosition,
                    lossOccurred);
        }

        @Override
        public int initialWindowLength() {
            return control.initialWindowLength();
        }

        @Override
        public int maxWindowLength() {
            return control.maxWindowLength();
        }

        @Override
        public void close() {
            try {
                control.close();
            } finally {
                if (!isClosed) {
                    isClosed = true;
                    onClosed(session, bytes);
                }
            }
        }
    }
}
