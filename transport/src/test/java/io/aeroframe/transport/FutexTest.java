package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Platform;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sleeping on words, and systems that refuse it. */
@Timeout(180)
class FutexTest {

    private static final long FUTEX = Platform.isARM() ? 98 : 202;
    private static final long FUTEX_WAITV = 449;

    private static final int EPERM = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;
    private static final int ETIMEDOUT = 110;

    /** A system that answers each call with an error. */
    private static final class Answers implements Futex.Calls {
        private final Map<Long, Integer> errors = new HashMap<>(Map.of(FUTEX, EAGAIN, FUTEX_WAITV, EINVAL));
        private final Map<Long, Integer> counts = new HashMap<>();
        private int lastError;

        @Override
        public long call(long number, long a, long b, long c, long d, long e) {
            counts.merge(number, 1, Integer::sum);
            lastError = errors.getOrDefault(number, ENOSYS);
            return -1;
        }

        @Override
        public int lastError() {
            return lastError;
        }

        int countOf(long number) {
            return counts.getOrDefault(number, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {EINTR, EAGAIN, ETIMEDOUT})
    void whatEndsASleepIsNoRefusal(int error) {
        Answers answers = new Answers();
        Futex futex = new Futex(null, answers);
        answers.errors.putAll(Map.of(FUTEX, error, FUTEX_WAITV, error));
        for (int i = 0; i < 3; i++) {
            assertTrue(futex.await(0, 0, 0));
            assertTrue(futex.awaitAny(0, 2, 0));
        }
        assertNull(futex.unavailable());
        assertTrue(futex.canWaitForSeveral());
    }

    @ParameterizedTest
    @ValueSource(ints = {EPERM, ENOSYS, EINVAL})
    void whatIsRefusedIsNotAskedForAgain(int error) {
        Answers answers = new Answers();
        Futex futex = new Futex(null, answers);
        answers.errors.put(FUTEX_WAITV, error);
        int before = answers.countOf(FUTEX_WAITV);
        for (int i = 0; i < 3; i++) {
            assertFalse(futex.awaitAny(0, 2, 0));
            assertTrue(futex.await(0, 0, 0), "on one word it still sleeps");
        }
        assertFalse(futex.canWaitForSeveral());
        assertNull(futex.unavailable());
        assertEquals(before + 1, answers.countOf(FUTEX_WAITV));
        answers.errors.put(FUTEX, error);
        before = answers.countOf(FUTEX);
        for (int i = 0; i < 3; i++) {
            assertFalse(futex.await(0, 0, 0));
            futex.wakeAll(0);
        }
        assertTrue(futex.unavailable().contains("error " + error), futex.unavailable());
        assertEquals(before + 1, answers.countOf(FUTEX));
    }

    @ParameterizedTest
    @ValueSource(ints = {EPERM, ENOSYS})
    void aRefusedWaitForSeveralIsKnownFromTheStart(int error) {
        Answers answers = new Answers();
        answers.errors.put(FUTEX_WAITV, error);
        assertFalse(new Futex(null, answers).canWaitForSeveral());
    }

    @Test
    void aRefusedWakeIsNotTriedForEachFrame() {
        Answers answers = new Answers();
        answers.errors.put(FUTEX, EPERM);
        Futex futex = new Futex(null, answers);
        for (int i = 0; i < 3; i++) {
            futex.wakeAll(0);
        }
        assertNotNull(futex.unavailable());
        assertEquals(1, answers.countOf(FUTEX));
    }

    @Test
    void thisSystemSleepsUntilTheTimeIsOver() {
        Futex futex = Futex.system();
        if (!futex.isAvailable()) {
            return;
        }
        UnsafeBuffer word = new UnsafeBuffer(BufferUtil.allocateDirectAligned(32, 8));
        word.putLong(16, 2_000_000);
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < 2_000_000) {
            assertTrue(futex.await(word.addressOffset(), 0, word.addressOffset() + 8));
        }
        assertTrue(futex.await(word.addressOffset(), 1, word.addressOffset() + 8), "another value");
        assertNull(futex.unavailable());
    }

    /**
     * Two pools to sleep on, and a system that refuses one thing after the other: the thread naps instead of spinning.
     */
    @Test
    void aStrategyThatIsRefusedNapsInstead() throws IOException {
        FrameFormat format = FrameFormat.gray8(16, 16);
        Answers answers = new Answers();
        Futex futex = new Futex(null, answers);
        try (LiveHost host = LiveHost.start();
                FrameSubscription one = host.subscribe("one", FrameChannel.IPC, Delivery.EVERY);
                FrameSubscription two = host.subscribe("two", FrameChannel.IPC, Delivery.EVERY);
                FramePublication first = host.publish("one", format);
                FramePublication second = host.publish("two", format)) {
            LiveHost.awaitConnected(first);
            LiveHost.awaitConnected(second);
            assertTrue(Pattern.send(first, format));
            assertTrue(Pattern.send(second, format));
            LiveHost.pollUntil(one, Pattern::assertIn, () -> one.ledger().received() == 1);
            LiveHost.pollUntil(two, Pattern::assertIn, () -> two.ledger().received() == 1);
            WaitIdleStrategy idle = new WaitIdleStrategy(futex, one, two);
            int several = answers.countOf(FUTEX_WAITV);
            answers.errors.put(FUTEX_WAITV, EAGAIN);
            idle.idle();
            idle.idle();
            assertEquals(several + 2, answers.countOf(FUTEX_WAITV));
            assertEquals(0, answers.countOf(FUTEX));
            answers.errors.put(FUTEX_WAITV, EPERM);
            idle.idle();
            idle.idle();
            assertEquals(several + 3, answers.countOf(FUTEX_WAITV));
            assertEquals(2, answers.countOf(FUTEX));
            answers.errors.put(FUTEX, EPERM);
            Thread.currentThread().interrupt();
            long startNs = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                idle.idle();
            }
            assertTrue(System.nanoTime() - startNs >= 4_000_000, "naps of 50 us, growing to 1 ms, though interrupted");
            assertTrue(Thread.interrupted(), "the flag stays");
            assertEquals(several + 3, answers.countOf(FUTEX_WAITV));
            assertEquals(3, answers.countOf(FUTEX), "tried once more, and not again");
        }
    }
}
