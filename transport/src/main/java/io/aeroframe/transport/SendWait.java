package io.aeroframe.transport;

/**
 * Bounds the waits of one call of a publication, whatever it waits for: the only place where a publication waits. A
 * wait ends with its time limit, with an interrupt (whose flag stays set), and when the publication or its connection
 * is closed. The publishing thread, inside the gate.
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
    private long limitNs = Long.MAX_VALUE;
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

    /** Starts a call. Costs nothing until it has to wait. */
    void begin() {
        isWaiting = false;
        isDriverMissing = false;
        limitNs = Long.MAX_VALUE;
    }

    /** Ends the waits of this call earlier than their own limits. */
    void limit(long ns) {
        limitNs = ns;
    }

    /** Whether the waits of this call have reached its limit. */
    boolean isOverLimit() {
        return waitedNs() >= limitNs;
    }

    /** Whether a lossless publication may keep waiting for room. */
    boolean mayWait() {
        return context.isLossless() && mayWait(offerTimeoutNs);
    }

    /**
     * Whether a lossless publication without a driver, or without its subscribers after a takeover, may keep waiting
     * for them.
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

    /** Ends a wait of {@link #mayWaitForDriver()}: the driver and the subscribers are there. */
    void found() {
        isDriverMissing = false;
    }

    /** Whether a frame larger than the window may keep waiting for subscribers to read. */
    boolean mayWaitForWindow() {
        return mayWait(context.isLossless() ? offerTimeoutNs : largeFrameTimeoutNs);
    }

    private boolean mayWait(long timeoutNs) {
        return waitedNs() < Math.min(timeoutNs, limitNs) && isWanted();
    }

    /** Whether neither closing nor an interrupt has ended the wait. */
    private boolean isWanted() {
        return !gate.isClosed()
                && connection.state() != ConnectionState.CLOSED
                && !Thread.currentThread().isInterrupted();
    }

    private long waitedNs() {
        return isWaiting ? System.nanoTime() - startNs : 0;
    }

    /** Idles once. Afterwards the caller must check the session again. */
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
