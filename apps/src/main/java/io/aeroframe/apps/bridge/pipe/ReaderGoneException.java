package io.aeroframe.apps.bridge.pipe;

import java.io.IOException;

/** What reads standard output has closed it, as {@code head} does when it has enough. */
public final class ReaderGoneException extends IOException {

    private static final long serialVersionUID = 1L;

    ReaderGoneException(IOException cause) {
        super("standard output: what reads it has ended", cause);
    }
}
