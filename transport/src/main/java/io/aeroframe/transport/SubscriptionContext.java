package io.aeroframe.transport;

import io.aeroframe.driver.internal.GuardedErrorHandler;
import org.agrona.ErrorHandler;

/**
 * Settings of {@link Aeroframe#addSubscription(SubscriptionContext)}.
 *
 * <p>Not thread-safe. A context can be used once.
 */
public final class SubscriptionContext {

    /** The largest frame taken by default: 256 MiB, more than twice a raw 7680x4320 picture. */
    public static final int DEFAULT_MAX_FRAME_LENGTH = 256 << 20;

    private StreamName stream;
    private FrameChannel channel = FrameChannel.IPC;
    private Delivery delivery = Delivery.EVERY;
    private int maxFrameLength = DEFAULT_MAX_FRAME_LENGTH;
    private ErrorHandler errorHandler;
    private boolean isConcluded;

    /** Settings with their defaults. */
    public SubscriptionContext() {}

    /**
     * Validates the settings and fills in the defaults, once.
     *
     * @throws IllegalArgumentException if a setting is not valid; it can be corrected.
     * @throws IllegalStateException    if the settings have been concluded before.
     */
    void conclude(ErrorHandler defaultErrorHandler) {
        if (isConcluded) {
            throw new IllegalStateException(
                    "this SubscriptionContext (stream '" + stream + "') has been used: make one for each subscription");
        }
        if (stream == null) {
            throw new IllegalArgumentException("stream is not set: give the name of the stream");
        }
        if (maxFrameLength < 1 || maxFrameLength > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException(
                    "maxFrameLength=" + maxFrameLength + " is not within 1 to " + (Integer.MAX_VALUE - 64));
        }
        errorHandler =
                errorHandler == null ? defaultErrorHandler : GuardedErrorHandler.of(Aeroframe.class, errorHandler);
        isConcluded = true;
    }

    /**
     * The name of the stream.
     *
     * @param value the name, as in {@link StreamName}.
     * @return this.
     */
    public SubscriptionContext stream(String value) {
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
     * Where the frames come from.
     *
     * @param value default {@link FrameChannel#IPC}.
     * @return this.
     */
    public SubscriptionContext channel(FrameChannel value) {
        channel = value;
        return this;
    }

    /**
     * Where the frames come from.
     *
     * @return the channel.
     */
    public FrameChannel channel() {
        return channel;
    }

    /**
     * Which frames to deliver to the handler.
     *
     * @param value default {@link Delivery#EVERY}.
     * @return this.
     */
    public SubscriptionContext delivery(Delivery value) {
        delivery = value;
        return this;
    }

    /**
     * Which frames to deliver to the handler.
     *
     * @return every frame or the latest.
     */
    public Delivery delivery() {
        return delivery;
    }

    /**
     * The largest frame to take. A header that claims more is a bad frame, and nothing is allocated for it.
     *
     * @param value payload bytes, default {@link #DEFAULT_MAX_FRAME_LENGTH}.
     * @return this.
     */
    public SubscriptionContext maxFrameLength(int value) {
        maxFrameLength = value;
        return this;
    }

    /**
     * The largest frame to take.
     *
     * @return payload bytes.
     */
    public int maxFrameLength() {
        return maxFrameLength;
    }

    /**
     * Takes what goes wrong in the background, on the thread that polls: bad frames (at most once a second), a
     * {@link StreamCollisionException}, a second publication of the name.
     *
     * @param value default: that of {@link ConnectionContext#errorHandler(ErrorHandler)}.
     * @return this.
     */
    public SubscriptionContext errorHandler(ErrorHandler value) {
        errorHandler = value;
        return this;
    }

    /**
     * Takes what goes wrong in the background.
     *
     * @return null for the default before it is concluded.
     */
    public ErrorHandler errorHandler() {
        return errorHandler;
    }
}
