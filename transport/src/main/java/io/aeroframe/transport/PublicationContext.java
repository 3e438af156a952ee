package io.aeroframe.transport;

import java.time.Duration;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Settings of {@link Aeroframe#addPublication(PublicationContext)}.
 *
 * <p>Not thread-safe. A context can be used once.
 */
public final class PublicationContext {

    private StreamName stream;
    private FrameChannel channel = FrameChannel.IPC;
    private FrameFormat format;
    private boolean isLossless;
    private boolean isPooled = true;
    private int slots;
    private Duration timeToLive = Duration.ZERO;
    private Duration offerTimeout = Duration.ofSeconds(60);
    private Duration reconnectTimeout = Duration.ofSeconds(10);
    private Duration returnTimeout = Duration.ofSeconds(3);
    private Duration largeFrameTimeout = Duration.ofMillis(250);
    private Duration closeTimeout = Duration.ofSeconds(1);
    private IdleStrategy idleStrategy;
    private boolean isConcluded;

    /** Settings with their defaults. */
    public PublicationContext() {}

    /**
     * Validates the settings and fills in the defaults, once.
     *
     * @throws IllegalArgumentException if a setting is not valid; it can be corrected.
     * @throws IllegalStateException    if the settings have been concluded before.
     */
    void conclude() {
        if (isConcluded) {
            throw new IllegalStateException(
                    "this PublicationContext (stream '" + stream + "') has been used: make one for each publication");
        }
        if (stream == null) {
            throw new IllegalArgumentException("stream is not set: give the name of the stream");
        }
        if (format == null) {
            throw new IllegalArgumentException(
                    "format is not set: give the format of the frames, such as bgr24(1280, 720)");
        }
        if (slots != 0 && (slots < PoolLayout.MIN_SLOTS || slots > PoolLayout.MAX_SLOTS)) {
            throw new IllegalArgumentException("slots=" + slots + " is not within " + PoolLayout.MIN_SLOTS + " to "
                    + PoolLayout.MAX_SLOTS + ", nor 0 for as many as suit the frames");
        }
        if (timeToLive.isNegative()) {
            throw new IllegalArgumentException("timeToLive=" + timeToLive + " is negative");
        }
        offerTimeout = Timeouts.check("offerTimeout", offerTimeout);
        reconnectTimeout = Timeouts.check("reconnectTimeout", reconnectTimeout);
        returnTimeout = Timeouts.check("returnTimeout", returnTimeout);
        largeFrameTimeout = Timeouts.check("largeFrameTimeout", largeFrameTimeout);
        closeTimeout = Timeouts.check("closeTimeout", closeTimeout);
        if (idleStrategy == null) {
            idleStrategy = new BackoffIdleStrategy(10, 20, 1_000, 100_000);
        }
        isConcluded = true;
    }

    /**
     * The name of the stream.
     *
     * @param value the name, as in {@link StreamName}.
     * @return this.
     */
    public PublicationContext stream(String value) {
        stream = new StreamName(value);
        return this;
    }

    /**
     * The name of the stream.
     *
     * @return null if not set.
     */
    public StreamName stream() {
        return stream;
    }

    /**
     * Where the frames go.
     *
     * @param value default {@link FrameChannel#IPC}.
     * @return this.
     */
    public PublicationContext channel(FrameChannel value) {
        channel = value;
        return this;
    }

    /**
     * Where the frames go.
     *
     * @return the channel.
     */
    public FrameChannel channel() {
        return channel;
    }

    /**
     * The format of most frames. Log buffers are sized for it; larger frames go in chunks, which costs a copy.
     *
     * @param value the format.
     * @return this.
     */
    public PublicationContext format(FrameFormat value) {
        format = value;
        return this;
    }

    /**
     * What most frames will be.
     *
     * @return null if not set.
     */
    public FrameFormat format() {
        return format;
    }

    /**
     * Whether to wait for the slowest subscriber instead of dropping, for {@link #offerTimeout(Duration)} at most in
     * each call. Frames are dropped nevertheless while nobody is connected. A wait ends early, with a dropped frame,
     * when the thread is interrupted or the publication is closed.
     *
     * @param value default false.
     * @return this.
     */
    public PublicationContext lossless(boolean value) {
        isLossless = value;
        return this;
    }

    /**
     * Whether to wait for the slowest subscriber.
     *
     * @return true if so.
     */
    public boolean isLossless() {
        return isLossless;
    }

    /**
     * Whether frames over IPC stay in shared memory: a claim is a slot of a pool there, subscribers read it in
     * place, and only the header travels through Aeron. Elsewhere, and if the channel says {@code pool=off}, this
     * has no effect.
     *
     * @param value default true.
     * @return this.
     */
    public PublicationContext pooled(boolean value) {
        isPooled = value;
        return this;
    }

    /**
     * Whether frames over IPC stay in shared memory.
     *
     * @return true if so.
     */
    public boolean isPooled() {
        return isPooled;
    }

    /**
     * The number of frames that the pool holds. One is being written and each subscriber reads one; more let
     * subscribers fall behind for longer before they miss a frame, or hold frames for longer.
     *
     * @param value 3 to 256; default 0, for 6 to 16 as 128 MiB allow, and a quarter of the free memory at most.
     * @return this.
     */
    public PublicationContext slots(int value) {
        slots = value;
        return this;
    }

    /**
     * How many frames the pool holds.
     *
     * @return 0 for as many as suit the frames.
     */
    public int slots() {
        return slots;
    }

    /**
     * The largest age of a frame at delivery. Subscribers on the same host drop and count older frames.
     *
     * @param value default zero: no limit.
     * @return this.
     */
    public PublicationContext timeToLive(Duration value) {
        timeToLive = value;
        return this;
    }

    /**
     * How old a frame may be at delivery.
     *
     * @return the time; zero for no limit.
     */
    public Duration timeToLive() {
        return timeToLive;
    }

    /**
     * How long one call of a lossless publication waits for its subscribers to make room, all its waits together.
     * After that the frame is dropped and counted.
     *
     * @param value default 60 s.
     * @return this.
     */
    public PublicationContext offerTimeout(Duration value) {
        offerTimeout = value;
        return this;
    }

    /**
     * How long one call of a lossless publication waits for subscribers.
     *
     * @return the longest wait.
     */
    public Duration offerTimeout() {
        return offerTimeout;
    }

    /**
     * How long one call of a lossless publication waits for a media driver when there is none.
     *
     * @param value default 10 s.
     * @return this.
     */
    public PublicationContext reconnectTimeout(Duration value) {
        reconnectTimeout = value;
        return this;
    }

    /**
     * How long one call of a lossless publication waits for a media driver.
     *
     * @return the longest wait.
     */
    public Duration reconnectTimeout() {
        return reconnectTimeout;
    }

    /**
     * How long a lossless publication waits for its subscribers to come back after another driver has taken over,
     * counted from when the stream is open there. A frame that is offered later than that without a subscriber is
     * dropped, and counted. A single call waits no longer than {@link #reconnectTimeout()} and {@link
     * #offerTimeout()} allow.
     *
     * @param value default 3 s.
     * @return this.
     */
    public PublicationContext returnTimeout(Duration value) {
        returnTimeout = value;
        return this;
    }

    /**
     * How long a lossless publication waits for its subscribers to come back after a takeover.
     *
     * @return the longest wait.
     */
    public Duration returnTimeout() {
        return returnTimeout;
    }

    /**
     * How long a publication that is not lossless waits for its subscribers to read the first part of a frame that
     * is larger than the channel's window, before it gives the frame up.
     *
     * @param value default 250 ms.
     * @return this.
     */
    public PublicationContext largeFrameTimeout(Duration value) {
        largeFrameTimeout = value;
        return this;
    }

    /**
     * How long a frame that is larger than the channel's window may wait.
     *
     * @return the longest wait.
     */
    public Duration largeFrameTimeout() {
        return largeFrameTimeout;
    }

    /**
     * How long {@link FramePublication#close()} waits for room to announce the end of the stream. Without the
     * announcement, subscribers see the stream as lost.
     *
     * @param value default 1 s.
     * @return this.
     */
    public PublicationContext closeTimeout(Duration value) {
        closeTimeout = value;
        return this;
    }

    /**
     * How long closing waits.
     *
     * @return the longest wait.
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * How a lossless publication waits.
     *
     * @param value default: spins briefly, then sleeps for at most 0.1 ms.
     * @return this.
     */
    public PublicationContext idleStrategy(IdleStrategy value) {
        idleStrategy = value;
        return this;
    }

    /**
     * How a lossless publication waits.
     *
     * @return null for the default before it is concluded.
     */
    public IdleStrategy idleStrategy() {
        return idleStrategy;
    }
}
