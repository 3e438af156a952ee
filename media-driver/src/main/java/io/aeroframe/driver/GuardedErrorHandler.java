package io.aeroframe.driver;

import org.agrona.ErrorHandler;

/**
 * Passes errors on to a user's handler, and survives one that throws: what it throws goes to {@link System.Logger}.
 * Thread-safe.
 */
final class GuardedErrorHandler implements ErrorHandler {

    private final ErrorHandler next;

    GuardedErrorHandler(ErrorHandler next) {
        this.next = next;
    }

    @Override
    public void onError(Throwable error) {
        try {
            next.onError(error);
        } catch (Throwable thrown) {
            System.getLogger(FrameDriver.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "media driver: the error handler threw " + thrown + " when it was given " + error,
                            thrown);
        }
    }
}
