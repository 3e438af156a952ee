package io.aeroframe.apps;

import io.aeroframe.apps.bridge.Bridges;
import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameHandler;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamCollisionException;
import io.aeroframe.transport.StreamName;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.transport.SubscriptionLedger;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.SinkOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;

/** Receives one stream into one sink, until one of the many reasons to stop. */
final class SubscribeRun {

    private static final long ATTACH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int POLL_LIMIT = 8;

    private final String streamText;
    private final String sinkText;
    private final SubscribeOptions options;
    private final StopSignal stop;
    private final AtomicReference<StreamCollisionException> collision = new AtomicReference<>();
    private final FrameHandler acceptor = this::accept;
    private final FrameHandler keeper = this::keep;

    private FrameChannel channel;
    private Reporter reporter;
    private FrameSink sink;
    private LatestFrameSlot slot;
    private FrameFormat format;
    private long frameLimit;
    private Deadline deadline;
    private long lastFrameNs;
    private long delivered;
    private boolean hasUnflushed;
    private Copies copies;
    private boolean isPooled;
    private long toldSilentS;

    /** Whether the sink has closed itself: a window that its user has closed. */
    private boolean isSinkClosed;

    /** Payload bytes of the frames that the sink has taken. Written by one thread. */
    private volatile long takenBytes;

    /** Whether the sink has taken the last frame from the slot. */
    private boolean isFinished;

    SubscribeRun(String stream, String sink, SubscribeOptions options, StopSignal stop) {
        this.streamText = stream;
        this.sinkText = sink;
        this.options = options;
        this.stop = stop;
    }

    int call() throws Exception {
        options.validate();
        options.validateFor(sinkText);
        if (sinkText.equals("-") && options.shared().isJson()) {
            throw options.shared().usage("--json writes to standard output, where the frames go: leave it out");
        }
        channel = options.channel();
        StreamName stream;
        try {
            stream = new StreamName(streamText);
            sink = Bridges.openSink(
                    sinkText,
                    new SinkOptions(streamText)
                            .standardOutput(new FileOutputStream(FileDescriptor.out))
                            .json(options.shared().isJson())
                            .report(this::report)
                            .codec(options.codec())
                            .overwrite(options.isOverwriting()),
                    options.shared().bridgeOptions(streamText, List.of(channel), false, this::report));
        } catch (IllegalArgumentException ex) {
            throw options.shared().usage(ex.getMessage());
        }
        reporter = new Reporter(streamText, "received", options.shared().isJson(), !sinkText.startsWith("digest:"));
        copies = new Copies(options.shared().verboseErr(), StatusLine.ofProcess()::clear);
        stop.onRequest(sink::interrupt);
        try (Deadline set = new Deadline(options.shared().deadlineNs(), sink::interrupt)) {
            deadline = set;
            options.shared().sayJpegCodec();
            receive(stream);
        } finally {
            stop.beginCleanup();
            StatusLine.ofProcess().clear(); // of a run that fails
            sink.close();
        }
        return 0;
    }

    private void report(String text) {
        options.shared().say(text);
    }

    private void receive(StreamName stream) throws Exception {
        frameLimit = options.shared().frameLimit();
        lastFrameNs = System.nanoTime();
        showWaiting();
        DriverSession session = connect(stream);
        if (session == null) {
            requireFrames(null, null);
            return;
        }
        Delivery delivery = options.delivery(sink.keepsOnlyNewest());
        try (session;
                FrameSubscription subscription = session.aeroframe()
                        .addSubscription(new SubscriptionContext()
                                .stream(streamText)
                                        .channel(channel)
                                        .delivery(delivery)
                                        .maxFrameLength(options.maxFrameBytes())
                                        .errorHandler(collisionCatcher()))) {
            slot = delivery == Delivery.LATEST ? new LatestFrameSlot(sink, this::countTaken) : null;
            StreamState end = null;
            session.waitsForOthers(false);
            try {
                end = pollUntilDone(subscription);
            } finally {
                stop.beginCleanup();
                finish(subscription, end != null);
            }
            session.waitsForOthers(true);
            if (end == StreamState.LOST) {
                throw new StreamFailure("stream '" + stream
                        + "': its publisher vanished without ending it; the frames until then were received");
            }
            requireFrames(end, subscription);
        } catch (UncheckedIOException ex) {
            throw ex.getCause();
        }
    }

    /**
     * A run that ends by itself and has received nothing has failed: what runs it would take an empty or missing file
     * for the stream.
     *
     * @param end          how the stream ended, null if there was no driver to subscribe at.
     * @param subscription null if there was no driver.
     */
    private void requireFrames(StreamState end, FrameSubscription subscription) {
        if (stop.isRequested() || isSinkClosed || delivered > 0) {
            return;
        }
        boolean isEnded = end != null && subscription.state() == StreamState.ENDED;
        String account = end == null || subscription.ledger().published() == 0
                ? ""
                : " (" + account(subscription).describe() + ")";
        throw new StreamFailure("stream '" + streamText + "': "
                + (isEnded ? "it ended, and no frame of it was received" : "no frame came in time") + " on channel '"
                + channel + "'" + account
                + (account.isEmpty() ? "; is it published there under this name, and was this started first?" : ""));
    }

    /** Lets the sink have what is on its way to it, then prints the summary, also of a run that fails half-way. */
    private void finish(FrameSubscription subscription, boolean isDone) throws Exception {
        try {
            if (slot != null) {
                slot.finish();
                isFinished = true;
                rethrow();
            }
            sink.close(); // what it still holds comes before the summary
            tellCopies(subscription);
        } finally {
            boolean isStopped = stop.isRequested() || isSinkClosed;
            if (delivered > 0 || isDone && (isStopped || options.shared().isJson())) { // else the failure has it all
                reporter.summary(format, account(subscription), copies.total());
            }
        }
    }

    /** A collision ends the run; every other error is reported, and the stream goes on. */
    private ErrorHandler collisionCatcher() {
        ErrorHandler handler = options.shared().errorHandler();
        return error -> {
            if (error instanceof StreamCollisionException found) {
                collision.set(found);
            } else {
                handler.onError(error);
            }
        };
    }

    /**
     * Connects to the driver. Over IPC the publisher's host has one, and this waits for it: a subscriber that hosted it
     * would take it along when it leaves.
     *
     * @return null if there is reason to stop first.
     */
    private DriverSession connect(StreamName stream) throws IOException {
        if (!channel.isIpc()) {
            return DriverSession.join(options.shared(), stop);
        }
        while (!isDone()) {
            DriverSession session = DriverSession.tryAttach(options.shared(), stop);
            if (session != null) {
                return session;
            }
            checkTimeout(stream);
            LockSupport.parkNanos(ATTACH_INTERVAL_NS);
        }
        return null;
    }

    private void showWaiting() {
        sink.showStatus("waiting for " + streamText);
        reporter.status("waiting for " + streamText);
    }

    private StreamState pollUntilDone(FrameSubscription subscription) throws Exception {
        IdleStrategy idle = options.shared().idle(channel.isIpc()).strategy(subscription);
        while (!isDone()) {
            int limit = (int) Math.min(POLL_LIMIT, frameLimit - delivered);
            int polled = slot == null ? subscription.poll(acceptor, limit) : subscription.poll(keeper, 1);
            if (collision.get() != null) {
                throw collision.get();
            }
            if (slot != null) {
                rethrow();
            }
            long nowNs = System.nanoTime();
            if (polled > 0) {
                lastFrameNs = nowNs;
                tellCopies(subscription);
            } else {
                StreamState state = subscription.state();
                if (state == StreamState.ENDED && !options.staysAfterEnd(sink.isLive())
                        || state == StreamState.LOST && !options.staysAfterLoss()) {
                    return state;
                }
                checkTimeout(subscription.stream());
                flushIfQuiet(nowNs);
                tellSilence(state, nowNs);
            }
            if (format != null && reporter.isDue(nowNs)) {
                reporter.tick(nowNs, format, account(subscription), copies.total());
            }
            idle.idle(polled);
        }
        isSinkClosed = !sink.isOpen();
        boolean isCut = deadline.isReached() && !stop.isRequested() && delivered > 0;
        boolean isLost = subscription.state() == StreamState.LOST && (isCut || !options.staysAfterLoss());
        return isLost ? StreamState.LOST : StreamState.ENDED;
    }

    /** Where a person looks: that nothing comes, and since when. Once a second. */
    private void tellSilence(StreamState state, long nowNs) {
        long silentS = TimeUnit.NANOSECONDS.toSeconds(nowNs - lastFrameNs);
        if (format == null || silentS == toldSilentS) {
            return;
        }
        toldSilentS = silentS;
        if (silentS > 0) {
            String what = state == StreamState.ENDED ? "ended" : "stopped";
            String text = streamText + " " + what + " " + silentS + " s ago";
            sink.showStatus(text);
            reporter.status(text);
        }
    }

    private void tellCopies(FrameSubscription subscription) {
        if ((slot == null ? delivered > 0 : slot.accepted() > 0)
                && copies.onReceived(sink.copies(), isPooled, slot != null)) {
            subscription.showCopies(copies.total());
        }
    }

    private void flushIfQuiet(long nowNs) throws IOException {
        if (hasUnflushed && slot == null && nowNs - lastFrameNs > QUIET_NS) {
            hasUnflushed = false;
            sink.flush();
        }
    }

    private boolean isDone() {
        long taken = slot == null ? delivered : slot.accepted();
        return isOver() || !sink.isOpen() || taken >= frameLimit;
    }

    private void checkTimeout(StreamName stream) {
        long silentNs = System.nanoTime() - lastFrameNs;
        if (silentNs > options.timeoutNs()) {
            throw new StreamFailure("stream '" + stream + "': no frame came within "
                    + TimeUnit.NANOSECONDS.toMillis(options.timeoutNs()) + " ms on channel '" + channel
                    + "'; is it published there under this name?");
        }
    }

    private void accept(Frame frame) {
        count(frame);
        try {
            sink.accept(frame);
        } catch (IOException ex) {
            if (!isOver() || !isInterruption(ex)) {
                throw new UncheckedIOException(ex);
            } // the sink was interrupted, as it should be
        }
    }

    /** Throws what the sink threw, unless it was interrupted, as it should be. */
    private void rethrow() throws Exception {
        try {
            slot.rethrow();
        } catch (IOException ex) {
            if (!isOver() || !isInterruption(ex)) {
                throw ex;
            }
        }
    }

    /** Whether a sink failed because it was interrupted, rather than because the disk is full. */
    private static boolean isInterruption(Throwable thrown) {
        for (Throwable ex = thrown; ex != null; ex = ex.getCause()) {
            if (ex instanceof ClosedChannelException || ex instanceof InterruptedIOException) {
                return true;
            }
        }
        return false;
    }

    /** Whether to stop: asked to, or the time is up. */
    private boolean isOver() {
        return stop.isRequested() || deadline.isReached();
    }

    private void keep(Frame frame) {
        count(frame);
        slot.put(frame);
    }

    private void count(Frame frame) {
        delivered++;
        isPooled = Copies.isPooled(frame);
        hasUnflushed = true;
        format = frame.format();
        if (slot == null) {
            countTaken(frame);
        }
    }

    /** Counts a frame that the sink takes: with a slot before it, on the sink's thread. */
    private void countTaken(Frame frame) {
        reporter.onFrame(frame.isSameHost() ? System.nanoTime() - frame.publishTimeNs() : -1);
        takenBytes = takenBytes + frame.payloadLength();
    }

    private Account account(FrameSubscription subscription) {
        SubscriptionLedger ledger = subscription.ledger();
        if (slot == null) {
            return new Account.Received(ledger, 0, ledger.bytes());
        }
        // A frame that was in the slot when the window was closed has not been received either.
        long replaced = isFinished ? ledger.received() - slot.accepted() : slot.replaced();
        return new Account.Received(ledger, replaced, takenBytes);
    }
}
