package io.aeroframe.transport;

import java.lang.System.Logger.Level;
import org.agrona.ErrorHandler;

/**
 * An error handler of the user's that cannot hurt the thread that reports: what it throws is logged as a warning to
 * {@link System.Logger}, with what it was to take.
 */
final class GuardedErrorHandler implements ErrorHandler {

    private static final System.Logger LOGGER = System.getLogger(Aeroframe.class.getName());

    private final ErrorHandler handler;

    private GuardedErrorHandler(ErrorHandler handler) {
        this.handler = handler;
    }

    /**
     * Guards a handler.
     *
     * @param handler null for one that logs a warning.
     */
    static ErrorHandler of(ErrorHandler handler) {
        if (handler instanceof GuardedErrorHandler) {
            return handler;
        }
        return new GuardedErrorHandler(
                handler == null ? error -> LOGGER.log(Level.WARNING, error.getMessage()) : handler);
    }

    @Override
    public void onError(Throwable error) {
        try {
            handler.onError(error);
        } catch (Throwable ex) { // of whatever kind: it is the handler's, and must not end the thread that reports
            LOGGER.log(Level.WARNING, "the error handler threw while it was given: " + error, ex);
        }
    }
}
