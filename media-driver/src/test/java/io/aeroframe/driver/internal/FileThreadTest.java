package io.aeroframe.driver.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a caller sees of an operation that runs on another thread: its result, its exception and its own interrupt flag.
 */
@Timeout(180)
class FileThreadTest {

    @Test
    void runsOnADaemonThreadOfItsOwnAndNestedOperationsOnTheSame() {
        Thread outer = FileThread.call(() -> {
            assertSame(Thread.currentThread(), FileThread.<Thread, RuntimeException>call(Thread::currentThread));
            return Thread.currentThread();
        });
        assertTrue(outer instanceof FileThread);
        assertTrue(outer.isDaemon());
    }

    @Test
    void throwsWhatTheOperationThrows() {
        IOException checked = new IOException("no good");
        assertSame(
                checked,
                assertThrows(
                        IOException.class,
                        () -> FileThread.call(() -> {
                            throw checked;
                        })));
        StackOverflowError error = new StackOverflowError();
        assertSame(
                error,
                assertThrows(
                        StackOverflowError.class,
                        () -> FileThread.run(() -> {
                            throw error;
                        })));
    }

    @Test
    void anInterruptNeitherReachesTheOperationNorIsLost() throws Exception {
        CountDownLatch isRunning = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicBoolean wasInterrupted = new AtomicBoolean();
        AtomicBoolean isFlagSet = new AtomicBoolean();
        Thread caller = new Thread(() -> {
            FileThread.run(() -> {
                isRunning.countDown();
                try {
                    mayEnd.await();
                } catch (InterruptedException ex) {
                    wasInterrupted.set(true);
                }
                wasInterrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
            });
            isFlagSet.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        isRunning.await();
        caller.interrupt();
        caller.getThreadGroup().interrupt(); // this one, too
        assertTrue(Thread.interrupted());
        mayEnd.countDown();
        caller.join();
        assertFalse(wasInterrupted.get());
        assertTrue(isFlagSet.get());
    }

    @Test
    void aCallerWhoseFlagIsSetAlreadyStillGetsTheResult() {
        Thread.currentThread().interrupt();
        assertEquals(7, FileThread.<Integer, RuntimeException>call(() -> 7));
        assertTrue(Thread.interrupted());
    }

    @Test
    void cannotBeInterrupted() {
        FileThread.run(() -> {
            Thread.currentThread().interrupt();
            assertFalse(Thread.currentThread().isInterrupted());
        });
    }
}
