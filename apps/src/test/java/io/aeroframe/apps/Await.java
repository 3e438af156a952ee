package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, with a deadline that a busy machine keeps too. */
final class Await {

    static final long PATIENCE_S = 60;

    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private Await() {}

    static void until(String what, BooleanSupplier condition, Supplier<String> state) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail("not seen within " + PATIENCE_S + " s: " + what + "\n" + state.get());
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }
}
