package io.aeroframe.vision.source;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * What comes of an input, in the order in which it is shown: from the place to begin at, again from there in a loop,
 * and of a live address also after it was away. Frames, or the packets of Motion JPEG as they are. One thread; {@link
 * #interrupt()} from any.
 */
final class FfmpegReader implements AutoCloseable {

    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_STEP_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final FfmpegLocation location;
    private final RawVideo raw;
    private final SourceOptions options;
    private final long timeoutNs;
    private final FfmpegInterrupt interrupt = new FfmpegInterrupt();
    private final Runnable onInterrupt = interrupt::raise;
    private final FfmpegClock clock = new FfmpegClock();
    private FfmpegClock seekClock;
    private FfmpegInput input;
    private boolean isPassingPackets;
    private boolean isSeeking;
    private long seekTimeNs;
    private long timeNs;
    private long framesInPass;
    private long frames;
    private long earlierErrors;
    private long awaySinceNs;
    private boolean isAway;
    private boolean isIncomplete;

    private FfmpegReader(FfmpegLocation location, RawVideo raw, SourceOptions options, long timeoutNs) {
        this.location = location;
        this.raw = raw;
        this.options = options;
        this.timeoutNs = timeoutNs;
    }

    /**
     * Opens an input.
     *
     * @param raw       what it is if it is raw video, else null.
     * @param timeoutNs after which an address that does not answer, or stops sending, is taken to have failed.
     * @throws IOException with a message for the user.
     */
    static FfmpegReader open(FfmpegLocation location, RawVideo raw, SourceOptions options, long timeoutNs)
            throws IOException {
        FfmpegReader reader = new FfmpegReader(location, raw, options, timeoutNs);
        options.interrupt().onInterrupt(reader.onInterrupt);
        boolean isOpen = false;
        try {
            reader.open();
            reader.requireStart();
            isOpen = true;
            return reader;
        } finally {
            if (!isOpen) {
                reader.close();
            }
        }
    }

    private void requireStart() throws SourceException {
        if (options.startNs() > 0 && input.video().isLive()) {
            throw new SourceException(
                    SourceException.Reason.LIVE_HAS_NO_START,
                    location.fullName() + ": is live and has no start to count from; do not set a start offset");
        }
    }

    private void open() throws IOException {
        input = FfmpegInput.open(location, raw, options, interrupt, timeoutNs);
        isPassingPackets = input.video().isMjpeg()
                && options.allowsPassedJpeg(input.video().width(), input.video().height())
                && input.video().orientation() == Orientation.UPRIGHT;
        begin();
    }

    /** Sets out from the place to begin at. */
    private void begin() {
        input.video().configure(clock);
        isSeeking = options.startNs() > 0;
        if (isSeeking && input.hasIndex()) {
            input.seek(options.startNs());
        } else if (isSeeking) {
            seekClock = new FfmpegClock();
            input.video().configure(seekClock);
        }
        seekTimeNs = -1;
    }

    /**
     * Moves to the next frame, or to the next packet if these are passed on.
     *
     * @param frame takes what is decoded.
     * @return false at the end.
     */
    boolean next(AVFrame frame) throws IOException {
        while (!read(frame)) {
            requireFrames();
            sayIfIncomplete();
            if (!options.loop()) {
                return false;
            }
            if (framesInPass == 0) {
                throw new IOException(location.fullName() + ": cannot be played again from its start");
            }
            startAgain();
        }
        framesInPass++;
        frames++;
        timeNs = clock.next(timestamp(frame), duration(frame));
        return true;
    }

    private void sayIfIncomplete() {
        long missingNs = input.video().isLive() ? 0 : input.missingNs();
        if (missingNs > 0 && !isIncomplete) {
            isIncomplete = true; // in a loop, too, it is said once
            input.countError();
            options.report()
                    .accept(String.format(
                            Locale.ROOT,
                            "%s: its last %.1f s of %.1f s are missing or cannot be read; it is damaged, or its"
                                    + " recording or download is not complete",
                            location.fullName(),
                            missingNs / 1e9,
                            input.video().lengthNs() / 1e9));
        }
    }

    private void requireFrames() throws IOException {
        if (frames > 0) {
            return;
        }
        if (isSeeking && seekTimeNs >= 0) {
            throw new SourceException(
                    SourceException.Reason.START_AFTER_END,
                    String.format(
                            Locale.ROOT,
                            "%s: the start offset of %.3fs is after its last frame, at %.3fs",
                            location.fullName(),
                            options.startNs() / 1e9,
                            seekTimeNs / 1e9));
        }
        throw input.noFrame(decodeErrors());
    }

    /** Reads what is wanted, however often the input has to be opened for it. */
    private boolean read(AVFrame frame) throws IOException {
        while (true) {
            String reason;
            try {
                if (readWanted(frame)) {
                    sayIfBack();
                    return true;
                }
                if (!mayReconnect()) {
                    return false;
                }
                reason = location.fullName() + ": ended";
            } catch (IOException e) {
                if (!mayReconnect()) {
                    throw e;
                }
                reason = e.getMessage();
            }
            reconnect(reason);
        }
    }

    private boolean readWanted(AVFrame frame) throws IOException {
        while (isPassingPackets ? input.readPacket() : input.read(frame)) {
            if (!isSeeking) {
                return true;
            }
            seekTimeNs = input.hasIndex()
                    ? input.video().timeNs(timestamp(frame), seekTimeNs)
                    : seekClock.next(timestamp(frame), duration(frame));
            if (seekTimeNs >= options.startNs()) {
                isSeeking = false;
                return true;
            }
        }
        return false;
    }

    private long timestamp(AVFrame frame) {
        return isPassingPackets ? input.packetTimestamp() : input.timestamp(frame);
    }

    private long duration(AVFrame frame) {
        return isPassingPackets ? input.packet().duration() : input.duration(frame);
    }

    private void startAgain() throws IOException {
        framesInPass = 0;
        clock.restart();
        if (input.rewind()) {
            begin();
        } else {
            closeInput();
            boolean wasPassing = isPassingPackets;
            open();
            isPassingPackets = wasPassing;
        }
    }

    /** The packets are not what can be passed on: from the current one on they are decoded. */
    boolean decodeFromHere(AVFrame frame) throws IOException {
        isPassingPackets = false;
        input.decodeHeldPacket();
        return read(frame);
    }

    private boolean mayReconnect() {
        return options.reconnect() && frames > 0 && input.video().isLive() && !interrupt.isRaised();
    }

    private void reconnect(String reason) throws IOException {
        if (!isAway) {
            isAway = true;
            awaySinceNs = System.nanoTime();
            options.report().accept(reason.replaceFirst(";.*", "") + "; going on when it is back");
        }
        closeInput();
        clock.restart();
        long pauseNs = FIRST_PAUSE_NS;
        while (true) {
            pause(pauseNs);
            pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS);
            try {
                open();
                return;
            } catch (IOException e) {
                if (interrupt.isRaised()) {
                    throw e;
                }
            }
        }
    }

    private void pause(long lengthNs) throws IOException {
        long endNs = System.nanoTime() + lengthNs;
        while (System.nanoTime() - endNs < 0) {
            if (interrupt.isRaised()) {
                throw new IOException(location.fullName() + ": reading was interrupted");
            }
            LockSupport.parkNanos(PAUSE_STEP_NS);
        }
    }

    private void sayIfBack() {
        if (isAway) {
            isAway = false;
            options.report()
                    .accept(String.format(
                            Locale.ROOT,
                            "%s: is back after %.1f s",
                            location.fullName(),
                            (System.nanoTime() - awaySinceNs) / 1e9));
        }
    }

    private void closeInput() {
        earlierErrors += input.decodeErrors();
        input.close();
    }

    /** Whether packets are passed on instead of frames. */
    boolean isPassingPackets() {
        return isPassingPackets;
    }

    /** The current packet, until the next is read. */
    AVPacket packet() {
        return input.packet();
    }

    /** When the current frame is shown, in ns from the first one. */
    long timeNs() {
        return timeNs;
    }

    /** How long the current frame is shown if none follows, in ns. */
    long durationNs() {
        return clock.durationNs();
    }

    /** The input as it is open now. */
    FfmpegInput input() {
        return input;
    }

    long decodeErrors() {
        return earlierErrors + (input.isClosed() ? 0 : input.decodeErrors());
    }

    void interrupt() {
        interrupt.raise();
    }

    @Override
    public void close() {
        options.interrupt().remove(onInterrupt);
        if (input != null) {
            input.close();
        }
    }
}
