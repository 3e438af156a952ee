package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition. Only a test that fails ever waits to the end, however slow or busy the machine. */
final class Await {

    static final long PATIENCE_S = 120;

    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private Await() {}

    static void until(String what, BooleanSupplier condition, Supplier<String> state) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail("timed out after " + PATIENCE_S + " s waiting for " + what + "; seen:\n" + state.get());
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }
}
