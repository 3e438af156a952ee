package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames that have their size take no memory from the heap, on either side. */
@Timeout(180)
class AllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * What the JVM allocates once, at the first of something, falls into one of them; what a frame allocates falls
     * into each.
     */
    private static final int ROUNDS = 2;

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
        "off, EVERY, RAW, 1280, 688, 500, 2000",
        "off, LATEST, RAW, 1280, 688, 500, 2000",
        "off, EVERY, RAW, 160, 100, 2000, 4000",
        "off, LATEST, RAW, 160, 100, 2000, 4000",
        "on, EVERY, RAW, 1280, 688, 20000, 20000",
        "on, LATEST, RAW, 1280, 688, 20000, 20000",
        "off, EVERY, JPEG, 320, 240, 2000, 4000",
        "off, LATEST, JPEG, 320, 240, 2000, 4000",
        "on, EVERY, JPEG, 320, 240, 20000, 20000",
        "on, LATEST, JPEG, 320, 240, 20000, 20000"
    })
    void noFrameAllocates(
            String pool, Delivery delivery, FrameEncoding encoding, int width, int height, int warmUp, int measured)
            throws Exception {
        FrameFormat format =
                encoding == FrameEncoding.RAW ? FrameFormat.bgr24(width, height) : FrameFormat.jpeg(width, height);
        String name = "lean" + pool + delivery + encoding + width;
        FrameChannel channel = FrameChannel.parse("aeron:ipc?pool=" + pool);
        FrameSubscription subscription = host.subscribe(name, channel, delivery);
        FramePublication publication = host.publishLossless(name, channel, format);
        LiveHost.awaitConnected(publication);
        CompletableFuture<Long> allocated = new CompletableFuture<>();
        Thread writer = new Thread(() -> {
            publish(publication, warmUp);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                publish(publication, measured);
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            allocated.complete(least);
        });
        writer.start();
        Counter counter = new Counter();
        receive(subscription, counter, warmUp);
        long received = Long.MAX_VALUE;
        for (int round = 1; round <= ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            receive(subscription, counter, warmUp + round * measured);
            received = Math.min(received, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        long sent = allocated.get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
        writer.join();
        publication.close();
        subscription.close();
        assertTrue(counter.sum != 0);
        assertEquals(0, counter.inexact, "byte buffers that do not go from the first byte to the last");
        long published = warmUp + ROUNDS * measured;
        assertTrue(
                delivery == Delivery.LATEST || counter.frames == published,
                () -> counter.frames + " frames; " + publication.ledger() + subscription.ledger());
        // Not a byte a frame: the smallest object has 16. The JVM itself takes some hundred bytes now and then.
        assertTrue(sent < measured, "the publishing thread allocated " + sent + " bytes");
        assertTrue(received < measured, "the polling thread allocated " + received + " bytes");
    }

    private static void publish(FramePublication publication, int frames) {
        for (int i = 0; i < frames; i++) {
            FrameClaim claim = publication.tryClaim();
            claim.buffer().putLong(0, i + 1);
            claim.byteBuffer().put(8, (byte) i);
            if (claim.format().encoding() == FrameEncoding.JPEG) {
                claim.payloadLength(jpegLength(i));
            }
            claim.commit();
        }
    }

    /** Another one each time, from less than a fragment to a few. */
    private static int jpegLength(int frame) {
        return 1_000 + 7_919 * frame % 100_000;
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
        private long inexact;

        @Override
        public void onFrame(Frame frame) {
            frames++;
            ByteBuffer bytes = frame.payloadByteBuffer();
            inexact += bytes.position() == 0 && bytes.limit() == frame.payloadLength() ? 0 : 1;
            lastSequence = frame.sequence();
            sum += frame.payload().getLong(0)
                    + bytes.get(8)
                    + frame.format().width()
                    + frame.metadata().capacity();
        }
    }
}
