package io.aeroframe.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition. Only a test that fails waits to the end, even on a slow or busy machine. */
public final class Await {

    /** The longest wait, in seconds. */
    public static final int PATIENCE_S = 120;

    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /**
     * Waits until a condition holds.
     *
     * @param what      the noun phrase for the failure message: "timed out waiting for ...".
     * @param condition the condition, evaluated on the calling thread.
     */
    public static void until(String what, BooleanSupplier condition) {
        until(what, condition, () -> "");
    }

    /**
     * Waits until a condition holds.
     *
     * @param what      the noun phrase for the failure message: "timed out waiting for ...".
     * @param condition the condition, evaluated on the calling thread.
     * @param seen      the state to report if the condition does not hold in time.
     */
    public static void until(String what, BooleanSupplier condition, Supplier<String> seen) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(PATIENCE_S)) {
                String state = seen.get();
                fail("timed out after " + PATIENCE_S + " s waiting for " + what
                        + (state.isEmpty() ? "" : "; seen: " + state));
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }
}
