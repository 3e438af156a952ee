package io.aeroframe.apps;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameHandler;
import io.aeroframe.transport.FrameLease;
import io.aeroframe.vision.sink.FrameSink;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A single-frame slot before a sink that may be slower than the stream: the polling thread puts every frame in and
 * never waits, a newer one replaces one that the sink's thread has not taken.
 *
 * <p>{@link #put(Frame)}, {@link #replaced()}, {@link #rethrow()} and {@link #finish()} belong to the polling thread.
 */
final class LatestFrameSlot {

    private final AtomicReference<FrameLease> slot = new AtomicReference<>();
    private final FrameSink sink;
    private final FrameHandler whenTaken;
    private final Thread thread;
    private volatile Throwable failure; // written by the sink's thread, read by the polling one
    private volatile boolean isEnding;
    private volatile long accepted;
    private long replaced;

    /**
     * A slot before a sink.
     *
     * @param whenTaken called on the sink's thread before the sink takes a frame.
     */
    LatestFrameSlot(FrameSink sink, FrameHandler whenTaken) {
        this.sink = sink;
        this.whenTaken = whenTaken;
        thread = new Thread(this::drain, "aeroframe-sink");
        thread.start();
    }

    void put(Frame frame) {
        FrameLease old = slot.getAndSet(frame.retain());
        if (old != null) {
            old.close();
            replaced++;
        }
        LockSupport.unpark(thread);
    }

    /** Frames that a newer one replaced before the sink took them. */
    long replaced() {
        return replaced;
    }

    /** Frames that the sink has taken. */
    long accepted() {
        return accepted;
    }

    private void drain() {
        while (true) {
            boolean wasEnding = isEnding; // read first: what is put before the end is still taken
            FrameLease lease = slot.getAndSet(null);
            if (lease == null) {
                if (wasEnding) {
                    return;
                }
                LockSupport.park(this);
                continue;
            }
            try (lease) {
                if (failure == null && sink.isOpen()) {
                    whenTaken.onFrame(lease.frame());
                    sink.accept(lease.frame());
                    accepted = accepted + 1; // this thread alone writes it
                }
            } catch (Throwable ex) { // also a JVM error: the polling thread has to end the command with it
                failure = ex;
            }
        }
    }

    /** Throws what the sink threw, if it did. */
    void rethrow() throws Exception {
        Throwable thrown = failure;
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown != null) {
            throw (Exception) thrown;
        }
    }

    /** Waits until the sink has taken the last frame. */
    void finish() throws InterruptedException {
        isEnding = true;
        LockSupport.unpark(thread);
        thread.join();
    }
}
