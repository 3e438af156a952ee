package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.StreamStatus.FrameTrace;
import io.aeroframe.transport.StreamStatus.Role;
import io.aeroframe.transport.StreamStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class StreamMonitorTest {

    private static final FrameFormat FORMAT = FrameFormat.bgr24(64, 48);

    private LiveHost host;
    private StreamMonitor monitor;
    private String stream;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
        monitor = new StreamMonitor(host.driver().sharedDirectory());
        stream = LiveHost.uniqueStream("monitored");
    }

    @AfterEach
    void stop() {
        monitor.close();
        host.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off"})
    void bothSidesAreSeenAsTheirLedgersHaveThem(String text) {
        FrameChannel channel = FrameChannel.parse(text);
        FramePublication publication = host.publishLossless(stream, channel, FORMAT);
        assertEquals(State.WAITING, only(Role.PUBLICATION).state());
        assertNull(only(Role.PUBLICATION).format());
        FrameSubscription subscription = host.subscribe(stream, channel, Delivery.EVERY);
        LiveHost.awaitConnected(publication);
        List<Long> received = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) { // more than the ring has
            assertTrue(Pattern.send(publication, FORMAT));
            int before = received.size();
            LiveHost.pollUntil(subscription, frame -> received.add(frame.sequence()), () -> received.size() > before);
        }
        subscription.showCopies(2);

        StreamStatus sending = only(Role.PUBLICATION);
        StreamStatus receiving = only(Role.SUBSCRIPTION);

        assertEquals(State.STREAMING, sending.state());
        assertEquals(State.STREAMING, receiving.state());
        assertEquals(sending.publicationId(), receiving.publicationId());
        assertTrue(sending.isLossless());
        assertEquals(text.equals("ipc"), sending.isPooled());
        assertEquals(Delivery.EVERY, receiving.delivery());
        assertEquals(channel.toString(), sending.channel());
        assertEquals(ProcessHandle.current().pid(), sending.processId());
        assertEquals(FORMAT, sending.format());
        assertEquals(FORMAT, receiving.format());
        assertEquals(-1, sending.copies());
        assertEquals(2, receiving.copies());
        assertEquals(1_000, sending.ledger().get("sent"));
        assertEquals(1_000, receiving.ledger().get("received"));
        assertEquals(0, receiving.ledger().get("lost"));
        assertEquals(1_000, sending.frameCount());
        assertEquals(1_000L * FORMAT.maxPayloadLength(), sending.bytes());
        assertEquals(1_000L * FORMAT.maxPayloadLength(), receiving.bytes());
        for (StreamStatus status : List.of(sending, receiving)) {
            List<FrameTrace> recent = status.recent();
            assertEquals(
                    LongStream.range(1_000 - recent.size(), 1_000).boxed().toList(),
                    recent.stream().map(FrameTrace::sequence).toList());
            assertTrue(recent.size() > 500, recent.size() + " frames");
            assertTrue(recent.stream().allMatch(frame -> frame.bytes() == FORMAT.maxPayloadLength()));
        }
        assertEquals(1_000, receiving.latencies().total());
        assertEquals(0, sending.latencies().total());
        for (int i = 0; i < receiving.recent().size(); i++) {
            FrameTrace sent = sending.recent().get(i);
            FrameTrace delivered = receiving.recent().get(i);
            assertEquals(sent.timeNs() + delivered.latencyNs(), delivered.timeNs());
            assertEquals(sent.captureTimeNs(), delivered.captureTimeNs());
        }
        assertEquals(text.equals("ipc"), sending.poolId() != 0);
        assertEquals(sending.poolId(), receiving.poolId());
    }

    @Test
    void thePoolIsSeenWithWhatIsHeldOfIt() {
        FramePublication publication = host.publishLossless(stream, FrameChannel.IPC, FORMAT);
        FrameSubscription subscription = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
        LiveHost.awaitConnected(publication);
        assertTrue(Pattern.send(publication, FORMAT));
        List<FrameLease> leases = new ArrayList<>();
        LiveHost.pollUntil(subscription, frame -> leases.add(frame.retain()), () -> !leases.isEmpty());

        PoolUse use = monitor.poolUse(only(Role.PUBLICATION).poolId()).orElseThrow();

        assertEquals(1, use.held());
        assertEquals(1, use.retained());
        assertEquals(1, use.members());
        assertTrue(use.slotLength() >= FORMAT.maxPayloadLength(), use::toString);
        leases.forEach(FrameLease::close);
        assertEquals(
                0,
                monitor.poolUse(only(Role.PUBLICATION).poolId()).orElseThrow().held());
        assertTrue(monitor.poolUse(12345).isEmpty());
    }

    @Test
    void droppedFramesAndEndsAreStates() {
        FramePublication publication = host.publish(stream, FORMAT);
        assertFalse(Pattern.send(publication, FORMAT));
        assertEquals(State.NO_SUBSCRIBER, only(Role.PUBLICATION).state());
        assertEquals(1, only(Role.PUBLICATION).ledger().get("dropped no subscriber"));
        FrameSubscription subscription = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
        assertEquals(State.WAITING, only(Role.SUBSCRIPTION).state());
        LiveHost.awaitConnected(publication);
        assertTrue(Pattern.send(publication, FORMAT));
        LiveHost.pollUntil(
                subscription, frame -> {}, () -> subscription.ledger().received() == 1);

        publication.close();
        LiveHost.pollUntilEnded(subscription, frame -> {});

        assertEquals(State.ENDED, only(Role.SUBSCRIPTION).state());
        assertTrue(monitor.look().stream().noneMatch(status -> status.role() == Role.PUBLICATION));
        subscription.close();
        assertEquals(List.of(), monitor.look());
    }

    @Test
    void anotherProcessIsSeenUntilItIsKilled(@TempDir Path directory) throws Exception {
        try (StreamProcess process = StreamProcess.publisher(host.base(), FORMAT, 0, 100, Integer.MAX_VALUE, 1)) {
            LiveHost.await("its publication", () -> !monitor.look().isEmpty());
            assertEquals(process.pid(), only(Role.PUBLICATION).processId());
            process.kill();
            LiveHost.await("its end", () -> monitor.look().isEmpty());
        }
    }

    @Test
    void whereNothingIsThereIsNothingToSee(@TempDir Path directory) {
        try (StreamMonitor other = new StreamMonitor(directory.resolve("missing"))) {
            assertEquals(List.of(), other.look());
        }
    }

    private StreamStatus only(Role role) {
        List<StreamStatus> found =
                monitor.look().stream().filter(status -> status.role() == role).toList();
        assertEquals(1, found.size(), found::toString);
        return found.get(0);
    }
}
