package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import io.aeron.Counter;
import io.aeron.status.HeartbeatTimestamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host that ends waits for the answers of those whose publications must lose nothing, and for nobody else's. */
@Timeout(180)
class HandOverTest {

    /** A fifth of it is longer than any test takes. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private MemoryDirectory directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = new MemoryDirectory();
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    private FrameDriver host(Duration closeTimeout) {
        return FrameDriver.join(
                new DriverContext().baseDirectory(directory.base()).closeTimeout(closeTimeout));
    }

    private static Aeron client(FrameDriver driver) {
        RunningDriver running = driver.running().orElseThrow();
        return Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(running.aeronDirectoryName())
                .epochClock(running.epochClock())
                .errorHandler(error -> {}));
    }

    private static Counter answer(Aeron client) {
        return client.addCounter(FrameDriver.HAND_OVER_COUNTER_TYPE_ID, "hand-over");
    }

    private static Thread closing(FrameDriver host) {
        Thread closer = new Thread(host::close, "closer");
        closer.start();
        return closer;
    }

    @Test
    void theDriverEndsAfterAllHaveAnswered() throws Exception {
        FrameDriver host = host(LONG);
        try (FrameDriver guest = FrameDriver.join(
                        new DriverContext().baseDirectory(directory.base()).takesOver(false));
                Aeron one = client(host);
                Aeron two = client(host)) {
            Counter first = answer(one);
            Counter second = answer(two);
            Thread closer = closing(host);
            Await.until("the withdrawal", guest::isHandingOver);
            first.set(1);
            long startNs = System.nanoTime();
            Await.until("some time", () -> System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(200));
            assertTrue(closer.isAlive());
            assertFalse(two.isClosed());
            second.set(1);
            closer.join();
        }
        assertEquals("", directory.listing());
    }

    @Test
    void aClientThatLeavesIsNotWaitedFor() throws Exception {
        FrameDriver host = host(LONG);
        FrameDriver guest = FrameDriver.join(
                new DriverContext().baseDirectory(directory.base()).takesOver(false));
        Thread closer;
        try (Aeron one = client(host)) {
            assertEquals(0, answer(one).get());
            closer = closing(host);
            Await.until("the withdrawal", guest::isHandingOver);
        }
        closer.join();
        guest.close();
        assertEquals("", directory.listing());
    }

    @Test
    void aClientThatHasNoCounterIsNotWaitedFor() throws Exception {
        FrameDriver host = host(LONG);
        try (Aeron client = client(host)) {
            assertTrue(client.addPublication("aeron:ipc", 1).maxPayloadLength() > 0);
            host.close();
        }
        assertEquals("", directory.listing());
    }

    @Test
    void oneThatNeverAnswersIsNotWaitedForLongerThanTheTimeout() throws Exception {
        FrameDriver host = host(Duration.ofMillis(50));
        try (Aeron client = client(host)) {
            assertEquals(0, answer(client).get());
            host.close();
        }
        assertEquals("", directory.listing());
    }

    @Test
    void aCounterWhoseClientHasDiedAsksForNoAnswer() {
        CountersManager counters = new CountersManager(
                new UnsafeBuffer(ByteBuffer.allocateDirect(64 * CountersReader.METADATA_LENGTH)),
                new UnsafeBuffer(ByteBuffer.allocateDirect(64 * CountersReader.COUNTER_LENGTH)));
        assertTrue(DriverCounters.haveStoppedSending(counters), "nobody there");
        int answer = counters.allocate("hand-over", FrameDriver.HAND_OVER_COUNTER_TYPE_ID);
        counters.setCounterOwnerId(answer, 42);
        assertTrue(DriverCounters.haveStoppedSending(counters), "its client is not there");
        UnsafeBuffer key = new UnsafeBuffer(ByteBuffer.allocateDirect(Long.BYTES));
        key.putLong(HeartbeatTimestamp.REGISTRATION_ID_OFFSET, 42);
        int heartbeat = counters.allocate(
                HeartbeatTimestamp.HEARTBEAT_TYPE_ID,
                key,
                0,
                Long.BYTES,
                new UnsafeBuffer(ByteBuffer.allocateDirect(1)),
                0,
                1);
        assertFalse(DriverCounters.haveStoppedSending(counters));
        counters.setCounterValue(answer, 1);
        assertTrue(DriverCounters.haveStoppedSending(counters));
        counters.setCounterValue(answer, 0);
        counters.free(heartbeat);
        assertTrue(DriverCounters.haveStoppedSending(counters), "its client has died");
    }
}
