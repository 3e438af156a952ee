package io.aeroframe.transport;

/** A user of a session's client: its gate, and what the session's thread has seen of it. The session's thread. */
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
     * @param gate       the gate that its thread is inside of while it uses the client.
     * @param isLossless whether it stops sending before the driver is handed over.
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
     * How far this user allows the client's clock to advance.
     *
     * @param clockNs the clock's time at the last check: if the user has entered since, it entered at that time.
     * @param nowNs   the time to advance to.
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

    /** The user sees the coming hand-over from now on. */
    void beginHandOver() {
        passesAtHandOver = gate.passes(); // first: a thread that enters or passes later has seen the hand-over
        mayStillSend = isLossless && gate.isInside();
    }

    /**
     * Whether the user sends nothing more: it was outside its gate when the hand-over began, or has entered or passed
     * it since.
     */
    boolean hasStopped() {
        mayStillSend &= gate.isInside() && gate.passes() == passesAtHandOver;
        return !mayStillSend;
    }
}
