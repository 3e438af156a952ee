package io.aeroframe.apps;

import io.aeroframe.apps.bridge.Bridges;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.PublicationContext;
import io.aeroframe.transport.StreamName;
import io.aeroframe.vision.source.BadFrameException;
import io.aeroframe.vision.source.FrameSource;
import io.aeroframe.vision.source.SourceInterrupt;
import io.aeroframe.vision.source.SourceNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/** Publishes one source as one stream on one or more channels, until one of the many reasons to stop. */
final class PublishRun {

    /** The exit status if some of the source was damaged and left out. */
    private static final int DAMAGED = 3;

    private static final DirectBuffer NO_METADATA = new UnsafeBuffer(new byte[0]);

    private final String sourceText;
    private final String streamText;
    private final PublishOptions options;
    private final StopSignal stop;
    private final SourceInterrupt interrupt = new SourceInterrupt();
    private final List<FramePublication> publications = new ArrayList<>();
    private final List<FramePublication> pooledFirst = new ArrayList<>();
    private FrameSource source;
    private Reporter reporter;
    private Copies copies;
    private BadFrames badFrames;
    private FrameFormat format;
    private Deadline deadline;
    private Standby standby;

    PublishRun(String source, String stream, PublishOptions options, StopSignal stop) {
        this.sourceText = source;
        this.streamText = stream;
        this.options = options;
        this.stop = stop;
    }

    int call() throws Exception {
        options.validate();
        options.validateFor(sourceText);
        options.noteTimeToLive();
        List<FrameChannel> channels = options.channels();
        reporter = new Reporter(streamText, "published", options.shared().isJson(), true);
        copies = new Copies(options.shared().verboseErr(), StatusLine.ofProcess()::clear);
        stop.onRequest(interrupt::interrupt);
        try {
            long leftNs = openInTime(channels);
            if (stop.isRequested()) {
                return 0;
            }
            publish(channels, leftNs);
            return badFrames.count() + source.decodeErrors() > 0 ? DAMAGED : 0;
        } finally {
            stop.beginCleanup();
            if (source != null) {
                source.close();
            }
            StatusLine.ofProcess().clear(); // of a run that fails
        }
    }

    /**
     * Opens the source and moves to its first frame.
     *
     * @return what is left of {@code --seconds}.
     * @throws StreamFailure if no frame came within them.
     */
    private long openInTime(List<FrameChannel> channels) throws IOException {
        try (Deadline set = new Deadline(options.shared().deadlineNs(), interrupt::interrupt)) {
            deadline = set;
            boolean hasFrame = false;
            try {
                open(channels);
                hasFrame = advance();
            } catch (IOException ex) {
                if (!isOver()) {
                    throw ex;
                }
            }
            if (!hasFrame && !stop.isRequested()) {
                failWithoutFrame(set.isReached());
            }
            return set.leftNs();
        }
    }

    private void failWithoutFrame(boolean isLate) throws IOException {
        if (isLate) {
            throw new StreamFailure(sourceName() + ": no frame came within --seconds "
                    + options.shared().typed("--seconds") + "; check that it delivers frames, or allow more time");
        }
        throw new IOException(sourceName() + ": there is no frame in it");
    }

    private String sourceName() {
        return sourceText.equals("-") ? "standard input" : SourceNames.shown(sourceText);
    }

    private void open(List<FrameChannel> channels) throws IOException {
        try {
            new StreamName(streamText);
            boolean isPaced = !options.rate().isSource() && !options.rate().isMax();
            source = Bridges.openSource(
                    sourceText,
                    options.sourceOptions(this::report).interrupt(interrupt),
                    options.shared().bridgeOptions(streamText, channels, isPaced, this::report));
            badFrames = new BadFrames(source.isLive(), this::report);
        } catch (IllegalArgumentException ex) {
            throw options.shared().usage(ex.getMessage());
        }
        interrupt.onInterrupt(source::interrupt);
        if (options.shared().isVerbose()) {
            report("source: " + source.describe());
            options.shared().sayJpegCodec();
        }
    }

    private void report(String text) {
        options.shared().say(text);
    }

    private void publish(List<FrameChannel> channels, long leftNs) throws Exception {
        try (DriverSession session = DriverSession.join(options.shared(), stop)) {
            IOException failure = null;
            boolean isDone = false;
            try {
                for (FrameChannel channel : channels) {
                    publications.add(session.aeroframe().addPublication(context(channel)));
                }
                pooledFirst.addAll(publications);
                pooledFirst.sort(Comparator.comparing(publication -> !publication.isPooled()));
                standby = new Standby(publications, this::report);
                if (options.awaitsSubscriber()) {
                    awaitSubscribers();
                }
                publishFrames(leftNs);
                isDone = true;
            } catch (IOException ex) {
                failure = ex; // what was published until then counts
            } finally {
                stop.beginCleanup();
                if (!isDone && !stop.isRequested()) {
                    publications.forEach(FramePublication::breakOff);
                    session.waitsForOthers(false); // they may stay for the next publisher
                }
                CloseHelper.closeAll(publications);
            }
            reporter.summary(format, account(), copies.total());
            sayIfNobodyListened();
            if (failure != null) {
                throw failure;
            }
            requireSeen();
        }
    }

    private PublicationContext context(FrameChannel channel) {
        return new PublicationContext()
                .pooled(options.isPooled()).slots(options.slots()).stream(streamText)
                        .channel(channel)
                        .format(source.format())
                        .lossless(options.isLossless())
                        .timeToLive(options.timeToLive())
                        .idleStrategy(options.shared().idle(channel.isIpc()).strategy());
    }

    private void sayIfNobodyListened() {
        Account.Published account = account();
        if (account.frames() > 0 && account.isForNobody()) {
            report("nobody was subscribed to '" + streamText + "', so that no frame was sent;"
                    + " start the subscriber first, or wait for it with --await-subscriber");
        }
    }

    /** A run that ends by itself and was on standby from its first frame to its last has not done what it was for. */
    private void requireSeen() {
        if (!stop.isRequested()
                && standby.frames() > 0
                && standby.frames() >= account().frames()) {
            throw new StreamFailure("stream '" + streamText + "': nobody saw its frames, because all subscribers follow"
                    + " another publisher of this name; end that one, or take another name");
        }
    }

    private void awaitSubscribers() {
        reporter.status("waiting for a subscriber to " + streamText);
        IdleStrategy idle = Idle.backoff.strategy();
        while (!stop.isRequested() && !publications.stream().allMatch(FramePublication::isConnected)) {
            idle.idle();
        }
    }

    /** The wait for a subscriber does not count. */
    private void publishFrames(long leftNs) throws IOException {
        try (Deadline set = new Deadline(System.nanoTime() + leftNs, interrupt::interrupt)) {
            deadline = set;
            publishUntilDone();
        }
    }

    private void publishUntilDone() throws IOException {
        Pacer pacer = new Pacer(options.rate(), source, this::isOver);
        long frameLimit = options.shared().frameLimit();
        long published = 0;
        do {
            if (!pacer.await()) {
                continue;
            }
            if (isOver()) {
                return;
            }
            standby.onFrame();
            published += publishFrame() ? 1 : 0;
            long nowNs = System.nanoTime();
            if (reporter.isDue(nowNs)) {
                reporter.tick(nowNs, format, account(), copies.total());
            }
            if (published >= frameLimit) {
                return;
            }
        } while (advance());
        pacer.awaitEnd();
    }

    /** Whether to stop: asked to, or the time is up. */
    private boolean isOver() {
        return stop.isRequested() || deadline.isReached();
    }

    private boolean advance() throws IOException {
        while (!isOver()) {
            try {
                return source.advance();
            } catch (BadFrameException ex) {
                badFrames.skipped(ex);
            } catch (IOException ex) {
                if (isOver()) {
                    return false; // the source was interrupted, as it should be
                }
                throw ex;
            }
        }
        return false;
    }

    /** Publishes the source's frame; false if it is damaged. */
    private boolean publishFrame() throws IOException {
        format = source.format();
        long captureTimeNs = source.captureTimeNs() == FrameSource.NO_TIME
                ? SystemEpochNanoClock.INSTANCE.nanoTime()
                : source.captureTimeNs();
        if (source.lost() > 0) {
            publications.forEach(publication -> publication.skip(source.lost()));
        }
        long startNs = System.nanoTime();
        boolean isSent;
        try {
            isSent = publishTo(pooledFirst, captureTimeNs);
        } catch (BadFrameException ex) {
            badFrames.skipped(ex);
            return false;
        }
        reporter.onFrame(isSent ? System.nanoTime() - startNs : -1);
        return true;
    }

    /**
     * The source writes once, straight into the claim of the first channel that has room for the frame, shared memory
     * first; the others are offered that memory before it is committed.
     */
    private boolean publishTo(List<FramePublication> inOrder, long captureTimeNs) throws IOException {
        int maxLength = source.maxPayloadLength();
        FrameClaim claim = null;
        int next = 0;
        while (claim == null && next < inOrder.size()) {
            claim = inOrder.get(next).tryClaim(format, maxLength);
            next++;
        }
        if (claim == null) {
            return false;
        }
        boolean isSent = false;
        boolean isWritten = false;
        try {
            int length = source.write(claim.byteBuffer());
            claim.payloadLength(length);
            DirectBuffer metadata = source.metadata() == null ? NO_METADATA : source.metadata();
            claim.metadata(metadata, 0, metadata.capacity());
            if (copies.onPublished(source.copies(), publications)) {
                publications.forEach(publication -> publication.showCopies(copies.total()));
            }
            for (; next < inOrder.size(); next++) {
                isSent |= inOrder.get(next).offer(format, claim.buffer(), 0, length, metadata, captureTimeNs);
            }
            isWritten = true;
        } finally {
            if (!isWritten) {
                claim.abort();
            }
        }
        return claim.commit(captureTimeNs) || isSent;
    }

    private Account.Published account() {
        return new Account.Published(
                publications.stream().map(FramePublication::ledger).toList(),
                badFrames.count(),
                source.decodeErrors(),
                source.superseded(),
                source.torn(),
                standby.frames());
    }
}
