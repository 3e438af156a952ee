package io.aeroframe.vision.source;

import java.io.IOException;

/** A source that cannot deliver frames with the options it was opened with. Another value of an option may help. */
public final class SourceException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why the source cannot deliver frames. */
    public enum Reason {
        /** {@link SourceOptions#startNs()} is set, but the source is live: it has no start to count from. */
        LIVE_HAS_NO_START,
        /** {@link SourceOptions#startNs()} is after the last frame of the file. */
        START_AFTER_END,
        /** The file is raw video; {@link SourceOptions#inputSize} or {@link SourceOptions#inputFormat} is not set. */
        RAW_VIDEO_NOT_DESCRIBED,
        /** The file is raw video, and has fewer bytes than a frame of the size and the pixel format that are set. */
        RAW_VIDEO_TOO_SHORT,
        /** The camera delivers damaged JPEG images only; {@link SourceOptions#fourcc()} can request another format. */
        DAMAGED_CAMERA_JPEG,
        /** A playlist refers to an address that {@link SourceOptions#protocolWhitelist()} does not allow. */
        PROTOCOL_NOT_ALLOWED,
        /** Neither protocol nor container nor decoder took one of {@link SourceOptions#inputOptions()}. */
        UNUSED_INPUT_OPTION
    }

    private final Reason reason;

    /**
     * Creates an exception.
     *
     * @param reason  reason that a program can switch on.
     * @param message text for the user: the source, the reason and the way out.
     */
    public SourceException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /**
     * Why the source cannot deliver frames.
     *
     * @return reason.
     */
    public Reason reason() {
        return reason;
    }
}
