package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.MemoryDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The thread that looks after the driver goes on, whatever a look or an error handler throws. */
@Timeout(180)
class TakeoverWatchTest {

    private static Throwable thrown(Class<? extends Throwable> type) {
        if (type == FrameDriverException.class) {
            return new FrameDriverException(FrameDriverException.Reason.DIRECTORY, "made up");
        }
        try {
            return type.getConstructor(String.class).newInstance("made up");
        } catch (ReflectiveOperationException ex) {
            throw new AssertionError(ex);
        }
    }

    private static <X extends Throwable> void sneak(Throwable error) throws X {
        @SuppressWarnings("unchecked")
        X unchecked = (X) error;
        throw unchecked;
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                InternalError.class,
                OutOfMemoryError.class,
                IllegalStateException.class,
                FrameDriverException.class,
                LinkageError.class,
                java.io.IOException.class
            })
    void outlivesWhatALookThrowsAndReportsItOnce(Class<? extends Throwable> type) throws Exception {
        List<Throwable> reported = new CopyOnWriteArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch goesOn = new CountDownLatch(2);
        TakeoverWatch watch = new TakeoverWatch(
                () -> {
                    if (failures.incrementAndGet() <= 2) {
                        TakeoverWatchTest.<RuntimeException>sneak(thrown(type));
                    }
                    goesOn.countDown();
                },
                reported::add);
        watch.start();
        assertTrue(goesOn.await(30, TimeUnit.SECONDS));
        watch.stop();
        watch.join();
        assertEquals(1, reported.size(), reported::toString);
        assertEquals(type, reported.get(0).getClass());
    }

    @Test
    void outlivesAHandlerThatThrows() throws Exception {
        CountDownLatch goesOn = new CountDownLatch(2);
        TakeoverWatch watch = new TakeoverWatch(
                () -> {
                    goesOn.countDown();
                    throw new IllegalStateException("made up");
                },
                error -> {
                    throw new StackOverflowError();
                });
        watch.start();
        assertTrue(goesOn.await(30, TimeUnit.SECONDS));
        watch.stop();
        watch.join();
    }

    @Test
    void takesOverAfterItsHandlerThrew() throws Exception {
        try (MemoryDirectory directory = new MemoryDirectory();
                JoiningProcess host = JoiningProcess.start(directory.base(), false)) {
            host.joined();
            CountDownLatch isTold = new CountDownLatch(1);
            Path base = directory.base();
            try (FrameDriver guest =
                    FrameDriver.join(new DriverContext().baseDirectory(base).errorHandler(error -> {
                        isTold.countDown();
                        throw new IllegalStateException("the handler's own fault");
                    }))) {
                Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
                host.kill();
                assertTrue(isTold.await(30, TimeUnit.SECONDS));
                Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx------"));
                long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (!guest.isOwner()) {
                    assertTrue(System.nanoTime() - deadlineNs < 0, "timed out waiting for the takeover");
                    LockSupport.parkNanos(1_000_000);
                }
            }
            assertEquals("", directory.listing());
        }
    }
}
