package io.aeroframe.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Guards numbers that one thread changes and any thread reads together: a sequence lock.
 *
 * <p>The version is odd during a change. A reader takes the version, reads the numbers, and retries unless the version
 * was even and is unchanged. The writer never waits and needs no locked instruction.
 */
final class SequenceLock {

    private static final VarHandle VERSION;

    static {
        try {
            VERSION = MethodHandles.lookup().findVarHandle(SequenceLock.class, "version", long.class);
        } catch (ReflectiveOperationException ex) {
            throw new ExceptionInInitializerError(ex);
        }
    }

    /** Accessed through {@link #VERSION} only, but for the assertion of the writer. */
    private long version;

    /** Before the numbers change. The writing thread. */
    void beginChange() {
        assert (version & 1) == 0 : "one thread writes";
        VERSION.setOpaque(this, version + 1);
        VarHandle.storeStoreFence(); // the odd version before the numbers; pairs with the fence in isUnchanged()
    }

    /** After the numbers have changed. The writing thread. */
    void endChange() {
        assert (version & 1) == 1 : "a change has begun";
        VERSION.setRelease(this, version + 1); // the numbers before the even version; pairs with version()
    }

    /** The version, before the numbers are read. Any thread. */
    long version() {
        return (long) VERSION.getAcquire(this);
    }

    /** Whether the numbers that were read since {@link #version()} are of one moment. Any thread. */
    boolean isUnchanged(long before) {
        VarHandle.loadLoadFence(); // the numbers before the second look at the version
        return (before & 1) == 0 && before == (long) VERSION.getOpaque(this);
    }
}
