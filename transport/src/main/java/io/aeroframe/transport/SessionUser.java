package io.aeroframe.transport;

/** One that uses the client of a session, by its gate, and what the session's thread has seen of it. That thread's. */
final class SessionUser {

    private final Gate gate;
    private final boolean isLossless;
    private boolean wasInside;
    private long seenPasses;
    private long enteredNs;
    private boolean mayStillSend;
    private long passesAtHandOver;

    /**
     * A user.
     *
     * @param gate       that its thread is inside of while it uses the client.
     * @param isLossless whether it stops sending while the driver is handed over.
     */
    SessionUser(Gate gate, boolean isLossless) {
        this.gate = gate;
        this.isLossless = isLossless;
    }

    Gate gate() {
        return gate;
    }

    boolean isInside() {
        return gate.isInside();
    }

    /**
     * How far the client's clock may go as far as this user is concerned.
     *
     * @param clockNs what the clock says since the last look: if the user has entered since, it entered at that time.
     * @param nowNs   where the clock would go.
     */
    long limitClock(long clockNs, long nowNs) {
        long passes = gate.passes();
        if (!gate.isInside()) {
            wasInside = false;
            return nowNs;
        }
        if (!wasInside || seenPasses != passes) {
            wasInside = true;
            seenPasses = passes;
            enteredNs = clockNs;
        }
        long limitNs = enteredNs + ClientSession.MAX_ADVANCE_NS;
        return limitNs - nowNs < 0 ? limitNs : nowNs;
    }

    /** The driver is about to be handed over, as the user sees from now on. */
    void beginHandOver() {
        passesAtHandOver = gate.passes(); // first: a thread that enters or passes later has seen the hand-over
        mayStillSend = isLossless && gate.isInside();
    }

    /** Whether it sends nothing more: it was outside, or has entered or passed its gate, after the hand-over began. */
    boolean hasStopped() {
        mayStillSend &= gate.isInside() && gate.passes() == passesAtHandOver;
        return !mayStillSend;
    }
}
