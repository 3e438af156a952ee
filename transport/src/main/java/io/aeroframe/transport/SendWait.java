package io.aeroframe.transport;

/**
 * How long the call of a publication that is under way may wait yet, for whatever reason: the one place where a
 * publication waits. A wait ends with its bound, with an interrupt (whose flag stays set), and when the publication or
 * its connection is closed. The thread that writes, inside the gate.
 */
final class SendWait {

    private final PublicationContext context;
    private final DriverConnection connection;
    private final Gate gate;
    private final long offerTimeoutNs;
    private final long reconnectTimeoutNs;
    private final long largeFrameTimeoutNs;
    private boolean isWaiting;
    private long startNs;
    private boolean isDriverMissing;
    private long missingSinceNs;

    SendWait(PublicationContext context, DriverConnection connection, Gate gate) {
        this.context = context;
        this.connection = connection;
        this.gate = gate;
        offerTimeoutNs = context.offerTimeout().toNanos();
        reconnectTimeoutNs = context.reconnectTimeout().toNanos();
        largeFrameTimeoutNs = context.largeFrameTimeout().toNanos();
    }

    /** A call begins. Costs nothing until it has to wait. */
    void begin() {
        isWaiting = false;
        isDriverMissing = false;
    }

    /** Whether a lossless publication may go on waiting for room. */
    boolean mayWait() {
        return context.isLossless() && mayWait(offerTimeoutNs);
    }

    /**
     * Whether a lossless publication that misses its driver, or its subscribers after a takeover, may go on waiting for
     * them.
     */
    boolean mayWaitForDriver() {
        if (!context.isLossless()) {
            return false;
        }
        long nowNs = System.nanoTime();
        if (!isDriverMissing) {
            isDriverMissing = true;
            missingSinceNs = nowNs;
        }
        return nowNs - missingSinceNs < reconnectTimeoutNs && mayWait(offerTimeoutNs);
    }

    /** What was waited for by {@link #mayWaitForDriver()} is there. */
    void found() {
        isDriverMissing = false;
    }

    /** Whether a frame that is larger than the window may go on waiting for its subscribers to read. */
    boolean mayWaitForWindow() {
        return mayWait(context.isLossless() ? offerTimeoutNs : largeFrameTimeoutNs);
    }

    private boolean mayWait(long timeoutNs) {
        return waitedNs() < timeoutNs && isWanted();
    }

    /** Whether nobody has ended the wait. */
    private boolean isWanted() {
        return !gate.isClosed()
                && connection.state() != ConnectionState.CLOSED
                && !Thread.currentThread().isInterrupted();
    }

    private long waitedNs() {
        return isWaiting ? System.nanoTime() - startNs : 0;
    }

    /** Waits for a moment. What the caller has seen of a session before has to be looked at again. */
    void idle() {
        if (!isWaiting) {
            isWaiting = true;
            startNs = System.nanoTime();
            context.idleStrategy().reset();
        }
        gate.pass();
        context.idleStrategy().idle();
    }
}
