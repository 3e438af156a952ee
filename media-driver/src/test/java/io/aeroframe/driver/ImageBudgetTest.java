package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.driver.Configuration;
import io.aeron.driver.CongestionControl;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;

/** What is admitted while the driver's conductor has not come to what was admitted before. */
class ImageBudgetTest {

    private static final int PAGE = 4_096;
    private static final int SMALL = 64 << 10;
    private static final int LARGE = 64 << 20;

    private final UdpChannel channel = UdpChannel.parse("aeron:udp?endpoint=127.0.0.1:4000");
    private final UdpChannel other = UdpChannel.parse("aeron:udp?endpoint=127.0.0.1:4001");
    private final ImageBudget budget = new ImageBudget(
            new ImageLimits(LARGE, 3, 2L << 30),
            (registrationId,
                    udpChannel,
                    streamId,
                    sessionId,
                    termLength,
                    mtu,
                    control,
                    source,
                    clock,
                    context,
                    counters) -> new Nothing());

    /** A congestion control that is asked nothing. */
    private static final class Nothing implements CongestionControl {
        @Override
        public boolean shouldMeasureRtt(long nowNs) {
            return false;
        }

        @Override
        public void onRttMeasurementSent(long nowNs) {}

        @Override
        public void onRttMeasurement(long nowNs, long rttNs, java.net.InetSocketAddress srcAddress) {}

        @Override
        public long onTrackRebuild(
                long nowNs, long consumed, long lastSm, long hwm, long start, long end, boolean lossOccurred) {
            return 0;
        }

        @Override
        public int initialWindowLength() {
            return 0;
        }

        @Override
        public int maxWindowLength() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private ImageBudget.Verdict admit(UdpChannel on, int session, int term, long conductorNs) {
        return budget.admit(on, 1, session, term, PAGE, conductorNs);
    }

    private ImageBudget.Verdict admit(int session, int term) {
        return admit(channel, session, term, System.nanoTime());
    }

    private CongestionControl made(int session, int term) {
        return budget.newInstance(
                0,
                channel,
                1,
                session,
                term,
                1_408,
                null,
                null,
                SystemNanoClock.INSTANCE,
                new MediaDriver.Context(),
                null);
    }

    @Test
    void countsWhatIsPendingAndWhatThereIs() {
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(1, SMALL));
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(2, SMALL));
        CongestionControl first = made(1, SMALL);
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(3, SMALL));
        assertEquals(ImageBudget.Verdict.TOO_MANY_IMAGES, admit(4, SMALL));
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(2, SMALL), "it is pending, and counted");
        assertEquals(ImageBudget.Verdict.LATER, admit(1, SMALL), "it is there: no reason to report anything");
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(other, 4, SMALL, System.nanoTime()));
        assertEquals(1, budget.liveImages());
        first.close();
        first.close();
        assertEquals(0, budget.liveImages());
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(4, SMALL));
    }

    @Test
    void whatTheConductorMadeNothingOfIsForgottenOnceItHasHadTime() {
        long admittedNs = System.nanoTime();
        for (int session = 0; session < 3; session++) {
            assertEquals(ImageBudget.Verdict.ADMITTED, admit(channel, session, SMALL, admittedNs));
        }
        assertEquals(
                ImageBudget.Verdict.TOO_MANY_IMAGES,
                admit(channel, 4, SMALL, admittedNs),
                "the conductor stands still");
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(channel, 4, SMALL, admittedNs + TimeUnit.MINUTES.toNanos(1)));
    }

    @Test
    void largeImagesAreMadeOneAtATimeAndSmallOnesMeanwhile() {
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(1, LARGE));
        assertEquals(ImageBudget.Verdict.LATER, admit(2, LARGE));
        assertEquals(ImageBudget.Verdict.LATER, admit(other, 2, LARGE, System.nanoTime()));
        assertEquals(ImageBudget.Verdict.ADMITTED, admit(2, SMALL));
        long tookAtLeastNs = TimeUnit.MILLISECONDS.toNanos(20);
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < tookAtLeastNs) {
            Thread.onSpinWait();
        }
        made(1, LARGE);
        long madeNs = System.nanoTime();
        while (admit(other, 3, LARGE, madeNs) == ImageBudget.Verdict.LATER) {
            Thread.onSpinWait();
        }
        assertEquals(true, System.nanoTime() - madeNs >= tookAtLeastNs / 2, "the conductor has time for others");
    }

    @Test
    void allImagesTogetherAreWithinTheirBytes() {
        ImageBudget small = new ImageBudget(
                new ImageLimits(LARGE, 64, 3L * SMALL + PAGE), Configuration.congestionControlSupplier());
        long nowNs = System.nanoTime();
        assertEquals(ImageBudget.Verdict.ADMITTED, small.admit(channel, 1, 1, SMALL, PAGE, nowNs));
        assertEquals(ImageBudget.Verdict.TOO_MANY_BYTES, small.admit(other, 1, 2, SMALL, PAGE, nowNs));
        small.settle(channel, 1, 1);
        assertEquals(ImageBudget.Verdict.ADMITTED, small.admit(other, 1, 2, SMALL, PAGE, nowNs));
    }
}
