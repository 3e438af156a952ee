package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A lock lasts as long as its owner wants, whatever else this process does with the file. Other processes are asked.
 */
@Timeout(180)
public class LockedFilesTest {

    private MemoryDirectory directory;
    private Path base;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = new MemoryDirectory();
        base = directory.base();
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    /** All that a process does with files that may be its own; called in another class loader, too. */
    public static String touchAll(String base, String file) {
        SharedDirectory shared = new SharedDirectory(Path.of(base));
        boolean isAbandoned = shared.isAbandoned(file);
        Long length = shared.open(file, FileChannel::size);
        shared.sweep();
        BaseDirectory opened = BaseDirectory.open(Path.of(base));
        boolean isOwned = opened.isOwned();
        boolean isLockable = opened.tryLock() != null;
        FrameDriver attached = FrameDriver.tryAttach(new DriverContext().baseDirectory(Path.of(base)))
                .orElseThrow();
        boolean isHost = attached.isOwner();
        attached.close();
        return "abandoned=" + isAbandoned + " length=" + length + " hosted=" + isOwned + " lockable=" + isLockable
                + " host=" + isHost;
    }

    private void assertStillOurs(FrameDriver host, SharedFile file) throws Exception {
        assertEquals("alive", SharedDirectoryTest.ask("frames", base));
        assertTrue(Files.exists(file.path()));
        try (JoiningProcess other = JoiningProcess.start(base, false)) {
            assertEquals("attached " + host.aeronDirectoryName(), other.joined());
            assertEquals("left", other.left());
        }
    }

    @Test
    void aSecondClassLoaderTakesNoLockAway() throws Exception {
        String[] path = System.getProperty("java.class.path").split(File.pathSeparator);
        URL[] urls = new URL[path.length];
        for (int i = 0; i < path.length; i++) {
            urls[i] = Path.of(path[i]).toUri().toURL();
        }
        try (FrameDriver host = FrameDriver.join(new DriverContext().baseDirectory(base));
                SharedFile file = new SharedDirectory(base).create("frames");
                URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            file.use(channel -> channel.write(ByteBuffer.wrap(new byte[9]), 0));
            Class<?> other = loader.loadClass(LockedFilesTest.class.getName());
            assertNotSame(LockedFilesTest.class, other);
            Method touchAll = other.getMethod("touchAll", String.class, String.class);
            touchAll.setAccessible(true);
            assertEquals(
                    "abandoned=false length=9 hosted=true lockable=false host=false",
                    touchAll.invoke(null, base.toString(), "frames"));
            assertStillOurs(host, file);
        }
        assertEquals("", directory.listing());
    }

    @Test
    void anotherSpellingOfThePathTakesNoLockAway() throws Exception {
        Path link = Files.createSymbolicLink(directory.path().resolve("link"), directory.path());
        try (FrameDriver host = FrameDriver.join(new DriverContext().baseDirectory(base));
                SharedFile file = new SharedDirectory(base).create("frames")) {
            assertEquals(
                    "abandoned=false length=0 hosted=true lockable=false host=false",
                    touchAll(link.resolve("base").toString(), "frames"));
            assertStillOurs(host, file);
        }
    }

    @Test
    void oneThatMapsAFileHoldsUpNoOther() throws Exception {
        SharedDirectory shared = new SharedDirectory(base);
        try (SharedFile file = shared.create("frames")) {
            CountDownLatch isOpen = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            CompletableFuture<Long> slow = CompletableFuture.supplyAsync(() -> shared.open("frames", channel -> {
                isOpen.countDown();
                await(mayEnd);
                return channel.size();
            }));
            await(isOpen);
            assertFalse(shared.isAbandoned("frames"));
            assertEquals(0, shared.<Long>open("frames", FileChannel::size));
            assertTrue(Files.exists(file.path()));
            shared.create("more").close();
            mayEnd.countDown();
            assertEquals(0, slow.get(Await.PATIENCE_S, TimeUnit.SECONDS));
        }
    }

    @Test
    void aFileThatIsInUseHereIsSweptAfterwards() throws Exception {
        SharedDirectory shared = new SharedDirectory(base);
        BaseDirectory.open(base);
        Path abandoned = Files.createFile(base.resolve("frames.shared"));
        shared.open("frames", channel -> {
            shared.sweep();
            assertTrue(Files.exists(abandoned), "closing it would free the sweeper's lock");
            return null;
        });
        shared.sweep();
        assertEquals("", directory.listing());
    }

    @Test
    void anOwnerThatClosesItsFileDoesNotWaitForItsReaders() throws Exception {
        SharedDirectory shared = new SharedDirectory(base);
        SharedFile file = shared.create("frames");
        assertNull(shared.<Long>open("frames", channel -> {
            file.close();
            return channel.size();
        }));
        assertEquals("", directory.listing());
    }

    @Test
    void aLockOfAFileThatWasReplacedIsNotInPlace() throws Exception {
        BaseDirectory opened = BaseDirectory.open(base);
        DriverLock lock = opened.tryLock();
        assertTrue(lock.isInPlace());
        Files.delete(base.resolve("driver.lock"));
        assertFalse(lock.isInPlace());
        DriverLock other = opened.tryLock();
        assertNotNull(other, "another file, another lock");
        Files.writeString(base.resolve("driver.id"), "the other's");
        lock.withdraw();
        lock.clear();
        lock.removeAndRelease();
        assertTrue(Files.exists(base.resolve("driver.lock")));
        assertEquals("the other's", Files.readString(base.resolve("driver.id")));
        other.removeAndRelease();
        assertEquals("", directory.listing());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
