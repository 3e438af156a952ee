package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.SmallFileSystem;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ports and memory that cannot be had. */
@Timeout(600)
class ResourcesTest {

    @TempDir
    Path directory;

    @Test
    void saysHowMuchRoomAPublicationNeedsAndHowMuchThereIs() throws Exception {
        try (SmallFileSystem small = SmallFileSystem.mount(directory.resolve("small"), 32)) {
            try (LiveHost host = LiveHost.startIn(small.path())) {
                FrameFormat large = FrameFormat.bgr24(1_920, 1_080);
                FrameTransportException pool =
                        assertThrows(FrameTransportException.class, () -> host.publish("large", large));
                assertTrue(
                        pool.getMessage()
                                .matches("stream 'large': no room in .* for a pool of 3 frames of 5.9 MiB: a "
                                        + "pool takes at most"
                                        + " a quarter of the 1[0-9].[0-9] MiB that are free.*make "
                                        + "room .*not pooled"),
                        pool.getMessage());
                assertEquals(FrameTransportException.Reason.NO_ROOM_FOR_POOL, pool.reason());
                FrameTransportException ex = assertThrows(FrameTransportException.class, () -> host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream("large").format(large).pooled(false)));
                assertTrue(
                        ex.getMessage()
                                .matches("stream 'large' on channel 'aeron:ipc': no room for its buffers: "
                                        + "19[2-9] MiB are"
                                        + " needed and 1[0-9] MiB are free in .*; make room .*AEROFRAME_DIR"),
                        ex.getMessage());
                assertEquals(1, ex.getMessage().lines().count());
                assertEquals(FrameTransportException.Reason.NO_ROOM, ex.reason());
                try (FrameSubscription subscription = host.subscribe("small", FrameChannel.IPC, Delivery.EVERY);
                        FramePublication publication = host.publish("small", FrameFormat.gray8(64, 64))) {
                    LiveHost.awaitConnected(publication);
                    assertTrue(Pattern.send(publication, FrameFormat.gray8(64, 64)));
                    LiveHost.pollUntil(
                            subscription,
                            Pattern::assertIn,
                            () -> subscription.ledger().received() == 1);
                }
            }
            assertEquals(0, small.path().toFile().list().length);
        }
    }

    @Test
    void streamsGoOnWhenTheSharedMemoryIsFull() throws Exception {
        FrameFormat format = FrameFormat.gray8(64, 64);
        try (SmallFileSystem small = SmallFileSystem.mount(directory.resolve("small"), 32)) {
            Path filler = small.path().resolve("filler");
            try (LiveHost host = LiveHost.startIn(small.path());
                    FrameSubscription subscription = host.subscribe("goes on", FrameChannel.IPC, Delivery.EVERY);
                    FramePublication publication = host.publish("goes on", format)) {
                LiveHost.awaitConnected(publication);
                fill(filler);
                for (int i = 1; i <= 200; i++) { // each slot and the whole log, more than once
                    int frames = i;
                    assertTrue(Pattern.send(publication, format));
                    LiveHost.pollUntil(
                            subscription,
                            Pattern::assertIn,
                            () -> subscription.ledger().received() == frames);
                }
                FrameTransportException ex =
                        assertThrows(FrameTransportException.class, () -> host.publish("no more", format));
                assertTrue(ex.getMessage().contains("no room"), ex.getMessage());
                assertTrue(Pattern.send(publication, format));
                try (FrameSubscription late = host.subscribe("goes on", FrameChannel.IPC, Delivery.EVERY)) {
                    LiveHost.await("a frame for a subscriber that comes now", () -> {
                        Pattern.send(publication, format);
                        subscription.poll(Pattern::assertIn, 8);
                        return late.poll(Pattern::assertIn, 8) > 0;
                    });
                }
            } finally {
                Files.deleteIfExists(filler);
            }
        }
    }

    /** Until there is no room for another byte. */
    private static void fill(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int length = 1 << 20; length > 0; length /= 2) {
                boolean hasRoom = true;
                while (hasRoom) {
                    try {
                        channel.write(ByteBuffer.allocate(length));
                    } catch (IOException ex) {
                        hasRoom = false; // as it should be, in the end
                    }
                }
            }
        }
    }

    @Test
    void saysSoWhenAnotherProgramHasThePort() throws Exception {
        try (LiveHost host = LiveHost.start();
                DatagramSocket socket =
                        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            FrameChannel channel = FrameChannel.parse("udp:127.0.0.1:" + socket.getLocalPort());
            FrameTransportException ex = assertThrows(FrameTransportException.class, () -> {
                FrameSubscription subscription = host.subscribe("taken", channel, Delivery.EVERY);
                LiveHost.pollUntil(subscription, frame -> {}, () -> false);
            });
            assertTrue(ex.getMessage().startsWith("stream 'taken'"), ex.getMessage());
            assertTrue(ex.getMessage().contains(channel.uri()), ex.getMessage());
            assertTrue(ex.getMessage().contains("port is in use"), ex.getMessage());
            assertEquals(1, ex.getMessage().lines().count());
        }
    }

    @Test
    void saysSoWhenTheAddressIsNotThisHosts() throws Exception {
        try (LiveHost host = LiveHost.start()) {
            FrameChannel channel = FrameChannel.parse("udp:192.0.2.1:40123");
            FrameTransportException ex = assertThrows(FrameTransportException.class, () -> {
                FrameSubscription subscription = host.subscribe("elsewhere", channel, Delivery.EVERY);
                LiveHost.pollUntil(subscription, frame -> {}, () -> false);
            });
            assertTrue(ex.getMessage().startsWith("stream 'elsewhere'"), ex.getMessage());
            assertTrue(ex.getMessage().contains("address"), ex.getMessage());
            assertEquals(1, ex.getMessage().lines().count());
        }
    }

    @Test
    void saysSoWhenTheHostNameIsNotKnown() throws Exception {
        try (LiveHost host = LiveHost.start()) {
            FrameChannel channel = FrameChannel.parse("udp:no-such-host.invalid:40123");
            FrameTransportException ex = assertThrows(
                    FrameTransportException.class,
                    () -> host.publishLossless("nowhere", channel, FrameFormat.gray8(64, 64)));
            assertEquals(
                    "stream 'nowhere' on channel 'aeron:udp?endpoint=no-such-host.invalid:40123': the host name cannot"
                            + " be resolved",
                    ex.getMessage());
        }
    }
}
