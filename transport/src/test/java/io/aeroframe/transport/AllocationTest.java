package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames that have their size take no memory from the heap, on either side. */
@Timeout(60)
class AllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static LiveHost host;

    @BeforeAll
    static void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @ParameterizedTest
    @CsvSource({
        "EVERY, 1280, 688, 500, 2000",
        "LATEST, 1280, 688, 500, 2000",
        "EVERY, 160, 100, 5000, 20000",
        "LATEST, 160, 100, 5000, 20000"
    })
    void noFrameAllocates(Delivery delivery, int width, int height, int warmUp, int measured) throws Exception {
        FrameFormat format = FrameFormat.bgr24(width, height);
        String name = "lean" + delivery + width;
        FrameSubscription subscription = host.subscribe(name, FrameChannel.IPC, delivery);
        FramePublication publication = host.publishLossless(name, FrameChannel.IPC, format);
        LiveHost.awaitConnected(publication);
        CompletableFuture<Long> allocated = new CompletableFuture<>();
        Thread writer = new Thread(() -> {
            publish(publication, warmUp);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            publish(publication, measured);
            allocated.complete(THREADS.getCurrentThreadAllocatedBytes() - before);
        });
        writer.start();
        Counter counter = new Counter();
        receive(subscription, counter, warmUp);
        long heard = counter.frames;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        receive(subscription, counter, warmUp + measured);
        long received = THREADS.getCurrentThreadAllocatedBytes() - before;
        long sent = allocated.get(20, TimeUnit.SECONDS);
        writer.join();
        publication.close();
        subscription.close();
        assertTrue(counter.frames > heard);
        assertTrue(counter.sum != 0);
        assertTrue(
                delivery == Delivery.LATEST || counter.frames == warmUp + measured,
                () -> counter.frames + " frames; " + publication.ledger() + subscription.ledger());
        assertEquals(0, sent / measured, () -> "the publishing thread allocated " + sent + " bytes");
        assertEquals(0, received / measured, () -> "the polling thread allocated " + received + " bytes");
    }

    private static void publish(FramePublication publication, int frames) {
        for (int i = 0; i < frames; i++) {
            FrameClaim claim = publication.tryClaim();
            claim.buffer().putLong(0, i + 1);
            claim.byteBuffer().put(8, (byte) i);
            claim.commit();
        }
    }

    private static void receive(FrameSubscription subscription, Counter counter, long lastSequence) {
        while (counter.lastSequence < lastSequence - 1) {
            if (subscription.poll(counter, 10) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private static final class Counter implements FrameHandler {
        private long frames;
        private long lastSequence = -1;
        private long sum;

        @Override
        public void onFrame(Frame frame) {
            frames++;
            lastSequence = frame.sequence();
            sum += frame.payload().getLong(0)
                    + frame.payloadByteBuffer().get(8)
                    + frame.payloadByteBuffer().limit()
                    + frame.format().width()
                    + frame.metadata().capacity();
        }
    }
}
