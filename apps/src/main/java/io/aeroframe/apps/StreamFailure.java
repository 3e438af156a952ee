package io.aeroframe.apps;

/** A command ends without having got what it was asked for: no frame came in time, or the publisher vanished. */
final class StreamFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message the line for the user: the stream, the reason and the way out.
     */
    StreamFailure(String message) {
        super(message);
    }
}
