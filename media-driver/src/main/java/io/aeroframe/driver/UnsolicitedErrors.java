package io.aeroframe.driver;

import org.agrona.ErrorHandler;

/**
 * Passes on what goes wrong in the driver, but for the refusals of what a client asked: the driver hands those to its
 * error handler and to the client, whose user would read of them twice, or whose mistakes the host's user would read
 * of.
 */
final class UnsolicitedErrors implements ErrorHandler {

    /** Where Aeron's driver refuses, on its conductor's thread. */
    private static final String CLIENT_COMMANDS = "io.aeron.driver.ClientCommandAdapter";

    private static final StackWalker STACK = StackWalker.getInstance();

    private final ErrorHandler next;

    UnsolicitedErrors(ErrorHandler next) {
        this.next = next;
    }

    @Override
    public void onError(Throwable error) {
        boolean isAnswered = STACK.walk(
                frames -> frames.anyMatch(frame -> frame.getClassName().equals(CLIENT_COMMANDS)
                        && frame.getMethodName().equals("onError")));
        if (!isAnswered) {
            next.onError(error);
        }
    }
}
