package io.aeroframe.apps.python;

import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameLease;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamCollisionException;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.transport.SubscriptionLedger;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.zstd.ZstdCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.agrona.ErrorHandler;

/**
 * The frames of one stream, each with a number in {@link HeldMemory}, where it is kept until it is released. One
 * thread takes; the rest is thread-safe.
 */
public final class PythonSubscription implements AutoCloseable {

    /** No frame came in time. */
    public static final int TIMED_OUT = -1;

    /** The publisher has ended the stream. */
    public static final int ENDED = -2;

    /** The publisher has vanished. */
    public static final int LOST = -3;

    /** A frame is due in a moment. A caller may use the time to have the processor's caches filled. */
    public static final int DUE_SOON = -4;

    /** How long before a frame is due the thread is awake: this, but no more than 1/32 of the interval. */
    private static final long DUE_SOON_NS = TimeUnit.MICROSECONDS.toNanos(500);

    private static final int DUE_SOON_DIVISOR = 32;

    /** How long a frame that does not come when it is due is waited for without sleeping. */
    private static final long LATE_NS = TimeUnit.MICROSECONDS.toNanos(300);

    /** After a shorter wait, caches have not been emptied by others. */
    private static final long SHORT_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** After this long, a caller fills its caches again. */
    private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private static final long ATTACH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final SubscriptionLedger EMPTY = new SubscriptionLedger(0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final PythonRuntime runtime;
    private final boolean isIpc;
    private final Function<ErrorHandler, SubscriptionContext> context;
    private final FrameRecord record = new FrameRecord();
    private volatile FrameSubscription subscription;
    private volatile StreamCollisionException collision;
    private volatile boolean isClosed;
    private boolean isDue;
    private long dueNs;
    private JpegCodec jpeg;
    private ZstdCodec zstd;

    PythonSubscription(PythonRuntime runtime, boolean isIpc, Function<ErrorHandler, SubscriptionContext> context) {
        this.runtime = runtime;
        this.isIpc = isIpc;
        this.context = context;
    }

    void open(Aeroframe aeroframe) {
        subscription = aeroframe.addSubscription(context.apply(error -> {
            if (error instanceof StreamCollisionException found) {
                collision = found;
            } else {
                runtime.report(error);
            }
        }));
    }

    /**
     * Where the numbers of the last frame are.
     *
     * @return the address of a {@link FrameRecord}.
     */
    public long recordAddress() {
        return record.address();
    }

    /**
     * Waits for the next frame, whose numbers are in the record then.
     *
     * @param timeoutNs the longest wait in nanoseconds.
     * @return the frame's number, to be released; or {@link #TIMED_OUT}, {@link #ENDED}, {@link #LOST},
     *     {@link #DUE_SOON}.
     * @throws InterruptedException     if the thread is interrupted.
     * @throws StreamCollisionException if another stream uses the same Aeron stream id.
     * @throws IllegalStateException    if this is closed, or another thread takes.
     */
    public int take(long timeoutNs) throws InterruptedException {
        long deadlineNs = System.nanoTime() + timeoutNs;
        if (!isOpen(deadlineNs)) {
            return TIMED_OUT;
        }
        boolean wasDue = isDue;
        FrameLease lease = wasDue ? spin() : null;
        if (lease == null && !isDue) {
            long nowNs = System.nanoTime();
            dueNs = subscription.expectedNs();
            long intervalNs = dueNs - nowNs; // about that, as the caller has just handled a frame
            long leadNs = Math.min(DUE_SOON_NS, intervalNs / DUE_SOON_DIVISOR);
            long untilSoonNs = intervalNs - leadNs; // very long without a prediction
            boolean isReporting = !wasDue && untilSoonNs > SHORT_WAIT_NS && untilSoonNs < deadlineNs - nowNs;
            lease = subscription.take(Duration.ofNanos(isReporting ? untilSoonNs : deadlineNs - nowNs));
            isDue = isReporting && lease == null;
        }
        if (collision != null) {
            throw collision;
        }
        if (lease == null) {
            StreamState state = subscription.state();
            return state == StreamState.ENDED ? ENDED : state == StreamState.LOST ? LOST : isDue ? DUE_SOON : TIMED_OUT;
        }
        record.set(lease.frame(), runtime.hasReports());
        return HeldMemory.add(lease);
    }

    /** Spins for a frame that is due in a moment, as long as the caller's caches stay filled. Null if none has come. */
    private FrameLease spin() throws InterruptedException {
        long startNs = System.nanoTime();
        long nowNs;
        do {
            FrameLease lease = subscription.take(Duration.ZERO);
            if (lease != null) {
                isDue = false;
                return lease;
            }
            Thread.onSpinWait();
            nowNs = System.nanoTime();
        } while (nowNs - startNs < SPIN_NS);
        isDue = nowNs - dueNs < LATE_NS;
        return null;
    }

    /** Over IPC the publisher's host has a driver, and this waits for it. */
    private boolean isOpen(long deadlineNs) {
        while (subscription == null) {
            if (isClosed) {
                throw new IllegalStateException("the subscription is closed");
            }
            Optional<Aeroframe> found = isIpc ? runtime.tryAttach() : Optional.of(runtime.join());
            if (found.isPresent()) {
                open(found.get());
            } else if (System.nanoTime() - deadlineNs >= 0) {
                return false;
            } else {
                LockSupport.parkNanos(ATTACH_INTERVAL_NS);
            }
        }
        return true;
    }

    /**
     * Whether the publisher has taken back the memory of a frame, because this process was stopped for long.
     *
     * @param number its number.
     * @return true if its memory may show other frames.
     */
    public boolean isRevoked(int number) {
        return HeldMemory.lease(number) instanceof Frame frame && frame.isRevoked();
    }

    /**
     * The metadata of a frame.
     *
     * @param number its number.
     * @return a copy.
     */
    public byte[] metadata(int number) {
        Frame frame = HeldMemory.lease(number).frame();
        byte[] copy = new byte[frame.metadata().capacity()];
        frame.metadata().getBytes(0, copy);
        return copy;
    }

    /**
     * Whether JPEG frames can be decoded here.
     *
     * @return false if the system has no TurboJPEG.
     */
    public static boolean hasJpeg() {
        return JpegCodecs.hasTurbo();
    }

    /**
     * Decodes a JPEG or zstd frame into memory of Python's.
     *
     * @param number  its number.
     * @param address where the pixels go, without padding.
     * @param length  the length of the memory in bytes, that of the raw frame.
     * @throws IOException if the frame is corrupt, or its decoder is missing.
     */
    public synchronized void decode(int number, long address, int length) throws IOException {
        Frame frame = HeldMemory.lease(number).frame();
        FrameFormat raw = frame.format().decoded();
        ByteBuffer target = NativeBuffers.of(address, length);
        if (frame.format().encoding() == FrameEncoding.JPEG) {
            JpegCodecs.requireDecodable(frame.format());
            jpeg = jpeg != null ? jpeg : JpegCodecs.open();
            jpeg.decode(frame.payloadByteBuffer(), frame.payloadLength(), target, raw);
        } else {
            zstd = zstd != null ? zstd : ZstdCodec.open();
            zstd.decode(frame.payloadByteBuffer(), frame.payloadLength(), target, raw);
        }
    }

    /**
     * The account of the frames.
     *
     * @return published, received, dropped by the publisher, lost, overrun, superseded, expired, invalid, bytes.
     */
    public long[] ledger() {
        SubscriptionLedger ledger = subscription == null ? EMPTY : subscription.ledger();
        return new long[] {
            ledger.published(),
            ledger.received(),
            ledger.droppedByPublisher(),
            ledger.lost(),
            ledger.overrun(),
            ledger.superseded(),
            ledger.expired(),
            ledger.invalid(),
            ledger.bytes()
        };
    }

    /** Leaves the stream. Frames that have not been released stay valid. */
    @Override
    public void close() {
        isClosed = true;
        FrameSubscription open = subscription;
        if (open != null) {
            open.close();
        }
        synchronized (this) {
            if (jpeg != null) {
                jpeg.close();
                jpeg = null;
            }
            if (zstd != null) {
                zstd.close();
                zstd = null;
            }
        }
    }
}
