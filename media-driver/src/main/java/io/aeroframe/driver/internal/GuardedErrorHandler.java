package io.aeroframe.driver.internal;

import java.lang.System.Logger.Level;
import org.agrona.ErrorHandler;

/**
 * Protects the threads that report errors from the user's handler: what the handler throws is logged as a warning,
 * together with the error that it was handling. Thread-safe if the handler is.
 */
public final class GuardedErrorHandler implements ErrorHandler {

    private final System.Logger logger;
    private final ErrorHandler handler;

    private GuardedErrorHandler(System.Logger logger, ErrorHandler handler) {
        this.logger = logger;
        this.handler = handler;
    }

    /**
     * Guards a handler.
     *
     * @param component the class whose logger takes what the handler throws.
     * @param handler   the user's handler; null for one that logs the error's message as a warning.
     * @return the guarded handler; the same object if it is guarded already.
     */
    public static ErrorHandler of(Class<?> component, ErrorHandler handler) {
        if (handler instanceof GuardedErrorHandler) {
            return handler;
        }
        System.Logger logger = System.getLogger(component.getName());
        return new GuardedErrorHandler(
                logger, handler == null ? error -> logger.log(Level.WARNING, error.getMessage()) : handler);
    }

    @Override
    public void onError(Throwable error) {
        try {
            handler.onError(error);
        } catch (Throwable thrown) { // of any kind: it must not end the thread that reports
            logger.log(Level.WARNING, "the error handler threw " + thrown + " while handling: " + error, thrown);
        }
    }
}
