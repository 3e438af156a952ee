package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import io.aeroframe.testing.MemoryDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads with their interrupt flag set use files: nothing is closed, no lock is lost, and the flag stays set. */
@Timeout(180)
class InterruptedCallersTest {

    private static final int LENGTH = 4_096;

    private MemoryDirectory directory;
    private SharedDirectory shared;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = new MemoryDirectory();
        shared = new SharedDirectory(directory.base());
    }

    @AfterEach
    void removeDirectory() {
        Thread.interrupted();
        directory.close();
    }

    private static Void mapAndFree(FileChannel channel) throws IOException {
        MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
        BufferUtil.free(mapped);
        return null;
    }

    private static int extend(FileChannel channel) throws IOException {
        return channel.write(ByteBuffer.wrap(new byte[LENGTH]), 0);
    }

    @Test
    void openingOnesOwnFileDoesNotGiveItAway() throws Exception {
        try (SharedFile file = shared.create("frames")) {
            file.use(InterruptedCallersTest::extend);
            Thread.currentThread().interrupt();
            assertEquals(LENGTH, shared.<Long>open("frames", FileChannel::size));
            shared.open("frames", InterruptedCallersTest::mapAndFree);
            assertFalse(shared.isAbandoned("frames"));
            shared.sweep();
            assertTrue(Thread.interrupted());
            assertEquals("alive", SharedDirectoryTest.ask("frames", directory.base()));
            file.use(InterruptedCallersTest::mapAndFree);
        }
    }

    @Test
    void aFileIsMadeUsedAndRemoved() throws Exception {
        Thread.currentThread().interrupt();
        assertTrue(shared.usableBytes() > 0);
        SharedFile file = shared.create("frames");
        assertEquals(LENGTH, file.use(InterruptedCallersTest::extend));
        assertTrue(Thread.interrupted());
        assertEquals("alive", SharedDirectoryTest.ask("frames", directory.base()));
        Thread.currentThread().interrupt();
        file.close();
        assertTrue(Thread.interrupted());
        assertEquals("", directory.listing());
    }

    /** An interrupt at any moment of an operation, not only before it. */
    @Test
    void aThreadThatIsInterruptedAllTheTimeKeepsItsFile() throws Exception {
        Thread user = Thread.currentThread();
        AtomicBoolean isDone = new AtomicBoolean();
        Thread interrupter = new Thread(() -> {
            while (!isDone.get()) {
                user.interrupt();
                LockSupport.parkNanos(10_000);
            }
        });
        interrupter.start();
        try (SharedFile file = shared.create("frames")) {
            try {
                file.use(InterruptedCallersTest::extend);
                for (int i = 0; i < 500; i++) {
                    shared.open("frames", InterruptedCallersTest::mapAndFree);
                    assertFalse(shared.isAbandoned("frames"));
                }
            } finally {
                isDone.set(true);
                while (interrupter.isAlive()) {
                    Thread.interrupted();
                    LockSupport.parkNanos(1_000_000);
                }
                Thread.interrupted();
            }
            assertEquals("alive", SharedDirectoryTest.ask("frames", directory.base()));
        }
    }

    @Test
    void hostsAttachesAndLeaves() throws Exception {
        DriverContext context = new DriverContext().baseDirectory(directory.base());
        Thread.currentThread().interrupt();
        FrameDriver host = FrameDriver.join(context);
        assertTrue(host.isOwner());
        assertTrue(host.running().isPresent());
        assertFalse(host.isHandingOver());
        FrameDriver guest = FrameDriver.join(new DriverContext().baseDirectory(directory.base()));
        assertFalse(guest.isOwner());
        guest.close();
        assertTrue(Thread.interrupted());
        try (JoiningProcess other = JoiningProcess.start(directory.base(), false)) {
            assertEquals("attached " + host.aeronDirectoryName(), other.joined(), "the lock is still held");
            other.left();
        }
        Thread.currentThread().interrupt();
        host.close();
        assertTrue(Thread.interrupted());
        assertEquals("", directory.listing());
    }

    @Test
    void attachesToADriverByItsAeronDirectory() {
        try (FrameDriver host = FrameDriver.join(new DriverContext().baseDirectory(directory.base()))) {
            Thread.currentThread().interrupt();
            FrameDriver guest =
                    FrameDriver.join(new DriverContext().aeronDirectory(Path.of(host.aeronDirectoryName())));
            assertNotNull(guest.running().orElse(null));
            guest.close();
            assertTrue(Thread.interrupted());
        }
    }
}
