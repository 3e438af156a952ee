package io.aeroframe.vision.sink;

import java.io.IOException;

/** A sink that cannot take frames with the options it was opened with. Another value of an option may help. */
public final class SinkException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why the sink cannot take frames. */
    public enum Reason {
        /** The video file exists, and {@link SinkOptions#overwrite()} is not set. */
        FILE_EXISTS,
        /** The encoder refuses the frames; {@link SinkOptions#codec()} can name another. */
        CODEC_REFUSES_FORMAT,
        /** The frame has more pixels than a window or a picture can have: publish smaller frames. */
        FRAME_TOO_LARGE
    }

    private final Reason reason;

    /**
     * Creates an exception.
     *
     * @param reason  reason that a program can switch on.
     * @param message text for the user: the sink, the reason and the way out.
     */
    public SinkException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /**
     * Why the sink cannot take frames.
     *
     * @return reason.
     */
    public Reason reason() {
        return reason;
    }
}
