package io.aeroframe.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Lets one thread at a time into a publication or a subscription, and shows other threads whether one is inside.
 *
 * <p>It is what makes {@code close()} safe on any thread, and what unmapping waits for:
 *
 * <pre>
 * enter()      OPEN -> INSIDE                a call begins; refused once the gate is closing
 * leave()      INSIDE -> OPEN                the call ends
 *              INSIDE_CLOSING -> RELEASING   close() was called meanwhile: the thread that leaves is to release
 * close()      OPEN -> RELEASING             the thread that closes is to release
 *              INSIDE -> INSIDE_CLOSING      the thread inside will, when its call ends
 * released()   RELEASING -> CLOSED
 * </pre>
 *
 * <p>So exactly one thread releases what the gate guards, and no other is inside when it does. {@link ClientSession}
 * reads {@link #isInside()} and {@link #passes()} before it lets Aeron unmap anything. Entering is one compare-and-set,
 * a full fence: a thread that enters after a session has marked something closed sees the mark, and one that entered
 * before is seen inside.
 */
final class Gate {

    private static final int OPEN = 0;
    private static final int INSIDE = 1;
    private static final int INSIDE_CLOSING = 2;
    private static final int RELEASING = 3;
    private static final int CLOSED = 4;

    private static final VarHandle STATE;
    private static final VarHandle PASSES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Gate.class, "state", int.class);
            PASSES = lookup.findVarHandle(Gate.class, "passes", long.class);
        } catch (ReflectiveOperationException ex) {
            throw new ExceptionInInitializerError(ex);
        }
    }

    private final String name;
    private volatile int state = OPEN;

    /** Written by the thread that is inside. */
    private volatile long passes;

    private volatile Thread owner;

    /**
     * An open gate.
     *
     * @param name the name of what it guards, for messages.
     */
    Gate(String name) {
        this.name = name;
    }

    /**
     * Begins a call. Each true is followed by one {@link #leave()} of the same thread.
     *
     * @return false if the gate has been closed.
     * @throws IllegalStateException if a thread is inside already: another one, or this one, which called from its own
     *                               handler.
     */
    boolean enter() {
        while (!STATE.compareAndSet(this, OPEN, INSIDE)) {
            int seen = state;
            if (seen > INSIDE) {
                return false;
            }
            if (seen == INSIDE) {
                throw inUse(owner);
            }
        }
        PASSES.setOpaque(this, passes + 1);
        if (owner != Thread.currentThread()) {
            owner = Thread.currentThread();
        }
        return true;
    }

    private IllegalStateException inUse(Thread inside) {
        return new IllegalStateException(
                inside == Thread.currentThread()
                        ? "the " + name + " is in a call of this thread already: do not call it from its own handler"
                        : "the " + name + " is in a call of thread '" + (inside == null ? "unknown" : inside.getName())
                                + "': one thread at a time may use it");
    }

    /**
     * The thread inside, in a call that waits: it holds nothing of what was there before, and looks again at what it
     * touches next.
     */
    void pass() {
        PASSES.setVolatile(this, passes + 1);
    }

    /**
     * Ends a call.
     *
     * @return false if the gate has been closed meanwhile: the caller is to release what it guards, and to call {@link
     *     #released()} then.
     */
    boolean leave() {
        if (STATE.compareAndSet(this, INSIDE, OPEN)) {
            return true;
        }
        state = RELEASING;
        return false;
    }

    /**
     * Lets nobody in any more. Any thread; does not wait.
     *
     * @return true if the caller is to release what the gate guards, and to call {@link #released()} then; false if the
     *     thread inside will, or it was closed before.
     */
    boolean close() {
        while (true) {
            int seen = state;
            if (seen > INSIDE) {
                return false;
            }
            if (STATE.compareAndSet(this, seen, seen == OPEN ? RELEASING : INSIDE_CLOSING)) {
                if (seen == OPEN) {
                    owner = Thread.currentThread();
                }
                return seen == OPEN;
            }
        }
    }

    /** What the gate guards has been released. */
    void released() {
        state = CLOSED;
    }

    /** Whether {@link #close()} was called. Any thread. */
    boolean isClosed() {
        return state > INSIDE;
    }

    /** Whether a thread is inside, or releases. Any thread. */
    boolean isInside() {
        int seen = state;
        return seen != OPEN && seen != CLOSED;
    }

    /** Whether the calling thread is the one that is inside. Any thread. */
    boolean isInsideHere() {
        return isInside() && owner == Thread.currentThread();
    }

    /** Grows whenever a thread enters, or holds nothing while inside. Any thread. */
    long passes() {
        return passes;
    }
}
