package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.testing.DirectMemory;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The memory that frames are put together in belongs to their subscription, and is no more than its frames need. */
@Timeout(180)
class AssemblyMemoryTest {

    private static final StreamName STREAM = new StreamName("assembled");
    private static final FrameFormat FORMAT = FrameFormat.bgr24(320, 240);
    private static final FrameFormat HUGE = FrameFormat.gray8(16_000, 16_000);
    private static final int IMAGES = Boolean.getBoolean("stress") ? 10_000 : 200;
    private static final int MEBIBYTE = 1 << 20;

    /** Bytes of a message that carries a piece of a larger frame. */
    private static final int CHUNK = 256 * 1024;

    /** Less than the frames of a few images take, and no collection that would free what is left to the collector. */
    private static final List<String> LITTLE_MEMORY = List.of("-XX:MaxDirectMemorySize=24m", "-XX:+DisableExplicitGC");

    /** Of the driver of a child, which may not get to removing it. */
    @TempDir
    private Path directory;

    /** Sends as a stranger would, with no direct memory of its own. */
    private static final class Sender {
        private final UnsafeBuffer message = new UnsafeBuffer(new byte[CHUNK + FrameHeader.LENGTH]);
        private final FrameHeader header = new FrameHeader();
        private final FrameSubscription subscription;
        private ExclusivePublication raw;
        private long sequence;
        private long published;

        Sender(FrameSubscription subscription) {
            this.subscription = subscription;
        }

        void open(Aeron aeron) {
            raw = aeron.addExclusivePublication(FrameChannel.IPC.publicationUri(CHUNK, false), STREAM.streamId());
            header.publicationId++;
            sequence = 0;
            LiveHost.await("the subscriber", () -> {
                subscription.poll(Pattern::assertIn, 1);
                return raw.availableWindow() > 0;
            });
        }

        /** One chunk of a frame; the last makes it complete. */
        void sendChunk(FrameFormat format, int offset, int length) {
            header.streamHash = STREAM.hash();
            header.format = format;
            header.sequence = sequence;
            header.payloadLength = format.maxPayloadLength();
            header.chunkOffset = offset;
            header.chunkLength = length;
            header.encode(message, 0);
            UnsafeBuffer whole = new UnsafeBuffer(message, FrameHeader.LENGTH, length);
            if (offset == 0 && length == header.payloadLength) {
                Pattern.write(whole, length, sequence);
            }
            offer(FrameHeader.LENGTH + length);
            sequence += offset + length == header.payloadLength ? 1 : 0;
        }

        void sendFrame(FrameFormat format) {
            sendChunk(format, 0, format.maxPayloadLength());
        }

        /** A frame in pieces, whatever is in them. */
        void sendInChunks(FrameFormat format) {
            for (int offset = 0; offset < format.maxPayloadLength(); offset += CHUNK) {
                sendChunk(format, offset, Math.min(CHUNK, format.maxPayloadLength() - offset));
            }
        }

        /** Begins a frame and leaves it there. */
        void beginFrame(FrameFormat format, int length) {
            sendChunk(format, 0, length);
            sequence++;
        }

        void endStream() {
            StreamMessages messages = new StreamMessages(STREAM, header.publicationId);
            int length = messages.encodeEndOfStream(sequence, 0);
            message.putBytes(0, messages.buffer(), 0, length);
            offer(length);
            published += sequence;
            LiveHost.pollUntil(
                    subscription,
                    frame -> {},
                    () -> subscription.ledger().published() == published && subscription.state() == StreamState.ENDED);
            raw.close();
        }

        private void offer(int length) {
            LiveHost.await("room", () -> {
                if (raw.offer(message, 0, length) > 0) {
                    return true;
                }
                subscription.poll(frame -> {}, 10);
                return false;
            });
        }
    }

    private static void pollUntilPublished(FrameSubscription subscription, long frames) {
        LiveHost.pollUntil(
                subscription, frame -> {}, () -> subscription.ledger().published() == frames);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void aPromiseOfALargeFrameTakesMemoryForWhatHasCome(Delivery delivery) throws IOException {
        try (LiveHost host = LiveHost.start();
                Aeron aeron = host.connectRaw();
                FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, delivery)) {
            Sender sender = new Sender(subscription);
            sender.open(aeron);
            sender.sendFrame(FORMAT);
            pollUntilPublished(subscription, 1);
            long before = DirectMemory.used();
            for (int i = 0; i < 20; i++) {
                sender.beginFrame(HUGE, 100);
                sender.sendFrame(FORMAT);
                pollUntilPublished(subscription, 3 + 2 * i);
                assertTrue(DirectMemory.used() - before < 4 * MEBIBYTE, () -> DirectMemory.used() - before + " bytes");
            }
            assertEquals(20, subscription.ledger().lost());
            assertEquals(21, subscription.ledger().received());
        }
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void sessionsThatAPeerOpensShareTheMemory(Delivery delivery) throws IOException {
        try (LiveHost host = LiveHost.start();
                Aeron aeron = host.connectRaw()) {
            long before = DirectMemory.used();
            try (FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, delivery)) {
                Sender sender = new Sender(subscription);
                for (int i = 0; i < 30; i++) {
                    sender.open(aeron);
                    sender.sendFrame(FORMAT);
                    sender.beginFrame(HUGE, CHUNK);
                    sender.endStream();
                    assertTrue(
                            DirectMemory.used() - before < 4 * MEBIBYTE, () -> DirectMemory.used() - before + " bytes");
                }
            }
            assertTrue(DirectMemory.used() - before < MEBIBYTE, () -> DirectMemory.used() - before + " bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({"EVERY, false", "LATEST, false", "EVERY, true"})
    void publicationsThatComeAndGoTakeNoMoreMemory(Delivery delivery, boolean isChunked) throws Exception {
        try (ChildJvm child = ChildJvm.start(ManyImages.class, LITTLE_MEMORY, directory, delivery, isChunked, IMAGES)) {
            assertEquals(Integer.toString(IMAGES), child.await("images", 90));
        }
    }

    /** Reads the frames of many publications, one after the other. */
    static final class ManyImages {
        public static void main(String[] args) throws IOException {
            try (LiveHost host = LiveHost.startIn(Path.of(args[0]));
                    Aeron aeron = host.connectRaw();
                    FrameSubscription subscription =
                            host.subscribe(STREAM.value(), FrameChannel.IPC, Delivery.valueOf(args[1]))) {
                Sender sender = new Sender(subscription);
                int images = Integer.parseInt(args[3]);
                for (int i = 0; i < images; i++) {
                    sender.open(aeron);
                    if (Boolean.parseBoolean(args[2])) {
                        sender.sendInChunks(FrameFormat.bgr24(800, 600));
                    } else {
                        sender.sendFrame(FORMAT);
                    }
                    sender.endStream();
                    assertEquals(i + 1, subscription.ledger().received());
                }
                assertEquals(List.of(), host.reported());
                System.out.println("images " + images);
            }
        }
    }

    @Test
    void aFrameThatThereIsNoMemoryForIsRejectedAndTheNextArrives() throws Exception {
        try (ChildJvm child = ChildJvm.start(NoMemory.class, LITTLE_MEMORY, directory)) {
            assertEquals("5 received, 4 lost, 4 invalid", child.await("frames", 90));
            String reason = child.await("reported", 10);
            assertTrue(reason.contains("not enough memory"), reason);
        }
    }

    /** Receives small frames, and between them others that do not fit the memory of the JVM. */
    static final class NoMemory {
        public static void main(String[] args) throws IOException {
            try (LiveHost host = LiveHost.startIn(Path.of(args[0]));
                    Aeron aeron = host.connectRaw();
                    FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, Delivery.EVERY)) {
                Sender sender = new Sender(subscription);
                sender.open(aeron);
                FrameFormat large = FrameFormat.gray8(8_000, 8_000);
                for (int i = 0; i < 4; i++) {
                    sender.sendFrame(FORMAT);
                    sender.sendInChunks(large);
                    pollUntilPublished(subscription, 2 * i + 1);
                }
                sender.sendFrame(FORMAT);
                pollUntilPublished(subscription, 9);
                SubscriptionLedger ledger = subscription.ledger();
                System.out.println("frames " + ledger.received() + " received, " + ledger.lost() + " lost, "
                        + ledger.invalid() + " invalid");
                System.out.println("reported " + host.reported());
            }
        }
    }
}
