package io.aeroframe.transport;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;

/**
 * A request to the driver until it is answered. For the session's thread, except that any thread may wait for the
 * result or cancel it.
 *
 * @param <T> the type of the requested resource.
 */
final class DriverRequest<T extends AutoCloseable> {

    /** The driver is alive, but did not answer in time. */
    static final class NoAnswerException extends AeronException {

        private static final long serialVersionUID = 1L;

        private NoAnswerException(String what, long timeoutNs) {
            super("the media driver is up but has not answered the request for a " + what + " within "
                    + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms (answerTimeout); is the machine overloaded?");
        }
    }

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final LongSupplier request;
    private final LongFunction<T> get;
    private final LongConsumer remove;
    private final String what;
    private final ErrorHandler errorHandler;
    private final long timeoutNs;
    private final long startNs = System.nanoTime();
    private long id = Aeron.NULL_VALUE;

    /**
     * A request that has not been sent yet.
     *
     * @param request      sends the request and returns its id.
     * @param get          returns the resource of an id; null until it is there.
     * @param remove       releases the resource of an id.
     * @param what         the kind of resource, for messages.
     * @param timeoutNs    how long to wait for an answer while the driver is alive; a dead one ends the session.
     * @param errorHandler receives errors from closing a resource that arrived too late.
     */
    DriverRequest(
            LongSupplier request,
            LongFunction<T> get,
            LongConsumer remove,
            String what,
            long timeoutNs,
            ErrorHandler errorHandler) {
        this.request = request;
        this.get = get;
        this.remove = remove;
        this.what = what;
        this.timeoutNs = timeoutNs;
        this.errorHandler = errorHandler;
    }

    CompletableFuture<T> result() {
        return result;
    }

    void send() {
        try {
            id = request.getAsLong();
        } catch (RuntimeException ex) {
            fail(ex);
        }
    }

    /**
     * Checks for the answer.
     *
     * @return whether the request is finished.
     * @throws AgentTerminationException if the client has ended.
     */
    boolean isDone() {
        if (!result.isDone()) {
            look();
        } else if (result.isCancelled() && id != Aeron.NULL_VALUE) {
            remove.accept(id);
        }
        return result.isDone();
    }

    private void look() {
        try {
            T made = get.apply(id);
            if (made != null && !result.complete(made)) {
                CloseHelper.close(errorHandler, made); // cancelled just now
            } else if (made == null && System.nanoTime() - startNs > timeoutNs) {
                remove.accept(id);
                fail(new NoAnswerException(what, timeoutNs));
            }
        } catch (AgentTerminationException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            fail(ex);
        }
    }

    void fail(RuntimeException reason) {
        result.completeExceptionally(reason);
    }
}
