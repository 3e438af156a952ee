package io.aeroframe.apps.python;

import io.aeroframe.transport.ClaimHold;
import io.aeroframe.transport.FrameLease;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that arrays of this process are views of, by number. It is released through a static method because
 * Python may collect an array together with the subscription that it came from. Thread-safe.
 */
public final class HeldMemory {

    private static final List<AutoCloseable> HELD = new ArrayList<>();
    private static final List<Integer> FREE_NUMBERS = new ArrayList<>();

    private HeldMemory() {}

    /** Keeps a lease or a hold until its number is released. */
    static synchronized int add(AutoCloseable memory) {
        if (FREE_NUMBERS.isEmpty()) {
            HELD.add(memory);
            return HELD.size() - 1;
        }
        int number = FREE_NUMBERS.remove(FREE_NUMBERS.size() - 1);
        HELD.set(number, memory);
        return number;
    }

    static synchronized FrameLease lease(int number) {
        return (FrameLease) HELD.get(number);
    }

    private static synchronized AutoCloseable remove(int number) {
        AutoCloseable memory = HELD.set(number, null);
        FREE_NUMBERS.add(number);
        return memory;
    }

    /**
     * Lets memory go.
     *
     * @param number its number, which is used again from now on.
     */
    public static void release(int number) {
        AutoCloseable memory = remove(number);
        if (memory instanceof FrameLease lease) {
            lease.close();
        } else if (memory instanceof ClaimHold hold) {
            hold.close();
        }
    }
}
