package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames of a publisher on another host, whose clock is ahead or behind by any time. */
@Timeout(180)
class ForeignHostTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(50, 20);
    private static final StreamName STREAM = new StreamName("abroad");
    private static final long TIME_TO_LIVE_NS = TimeUnit.SECONDS.toNanos(20);

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[4_096]);

    @ParameterizedTest
    @CsvSource({"EVERY, 400", "LATEST, 400", "EVERY, -400", "LATEST, -400"})
    void aFrameThatIsLateExpires(Delivery delivery, int daysAhead) throws IOException {
        long clockNs = TimeUnit.DAYS.toNanos(daysAhead);
        List<Long> received = new ArrayList<>();
        try (LiveHost host = LiveHost.start();
                Aeron aeron = host.connectRaw();
                FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, delivery);
                ExclusivePublication raw = aeron.addExclusivePublication(
                        FrameChannel.IPC.publicationUri(10_000, false), STREAM.streamId())) {
            LiveHost.await("the subscriber", () -> raw.availableWindow() > 0);
            long[] lateNs = {0, TIME_TO_LIVE_NS / 2, 2 * TIME_TO_LIVE_NS, 0};
            for (int i = 0; i < lateNs.length; i++) {
                int length = frame(i, clockNs - lateNs[i]);
                LiveHost.await("room", () -> raw.offer(message, 0, length) > 0);
                long arrived = i + 1;
                LiveHost.pollUntil(
                        subscription,
                        frame -> received.add(frame.sequence()),
                        () -> subscription.ledger().published() == arrived);
            }
            assertEquals(List.of(0L, 1L, 3L), received);
            assertEquals(1, subscription.ledger().expired());
            assertEquals(3, subscription.ledger().received());
        }
    }

    /** By a clock that differs from this host's. */
    private int frame(long sequence, long aheadNs) {
        FrameHeader header = FrameHeaderTest.header(FORMAT, FORMAT.maxPayloadLength());
        header.streamHash = STREAM.hash();
        header.sequence = sequence;
        header.dropped = 0;
        header.bootIdHigh = 1;
        header.bootIdLow = 2;
        header.publishTimeNs = System.nanoTime() + aheadNs;
        header.timeToLiveNs = TIME_TO_LIVE_NS;
        header.encode(message, 0);
        return FrameHeader.LENGTH + FORMAT.maxPayloadLength();
    }
}
