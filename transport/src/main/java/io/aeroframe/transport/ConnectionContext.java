package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.internal.GuardedErrorHandler;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.agrona.ErrorHandler;

/**
 * Settings of {@link Aeroframe#connect(FrameDriver, ConnectionContext)}.
 *
 * <p>Not thread-safe. A context can be used once.
 */
public final class ConnectionContext {

    /** The system property with the default of {@link #rehearsal(Duration)} in milliseconds. */
    public static final String REHEARSAL_PROPERTY = "aeroframe.rehearsal.ms";

    private static final Duration DEFAULT_REHEARSAL = Duration.ofSeconds(2);

    private ErrorHandler errorHandler;
    private Consumer<ConnectionState> stateListener = state -> {};
    private ThreadFactory threadFactory = ConnectionContext::newDaemonThread;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration answerTimeout = Duration.ofSeconds(10);
    private Duration closeTimeout = Duration.ofSeconds(4);
    private Duration rehearsal;
    private boolean isConcluded;

    /** Settings with their defaults. */
    public ConnectionContext() {}

    /**
     * Validates the settings and fills in the defaults, once.
     *
     * @throws IllegalArgumentException if a setting is not valid; it can be corrected.
     * @throws IllegalStateException    if the settings have been concluded before.
     */
    void conclude() {
        if (isConcluded) {
            throw new IllegalStateException("this ConnectionContext has been used: make one for each connection");
        }
        if (threadFactory == null) {
            throw new IllegalArgumentException("threadFactory=null: set a factory, or leave it out");
        }
        errorHandler = GuardedErrorHandler.of(Aeroframe.class, errorHandler);
        connectTimeout = Timeouts.check("connectTimeout", connectTimeout);
        answerTimeout = Timeouts.check("answerTimeout", answerTimeout);
        closeTimeout = Timeouts.check("closeTimeout", closeTimeout);
        if (rehearsal == null) {
            rehearsal = defaultRehearsal();
        }
        if (rehearsal.isNegative()) {
            throw new IllegalArgumentException(
                    "rehearsal=" + rehearsal + " is negative: use zero to do without, or a longest time");
        }
        isConcluded = true;
    }

    private static Duration defaultRehearsal() {
        String text = System.getProperty(REHEARSAL_PROPERTY);
        if (text == null) {
            return DEFAULT_REHEARSAL;
        }
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("the system property " + REHEARSAL_PROPERTY + "=" + text
                    + " is not a number of milliseconds: use 0 to do without, or a longest time such as 2000");
        }
        return Duration.ofMillis(Integer.parseInt(text));
    }

    /**
     * Takes what goes wrong in the background, on any thread. What it throws is logged, and hurts nothing else. The
     * thread that calls it waits for it to return: it should do so soon.
     *
     * @param value default: a warning to {@link System.Logger}.
     * @return this.
     */
    public ConnectionContext errorHandler(ErrorHandler value) {
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

    /**
     * Takes each state that the connection enters after the first one, on a thread of the connection's own, which
     * waits for it to return. What it throws is reported to the error handler. It must not close the connection.
     *
     * @param value default: none.
     * @return this.
     */
    public ConnectionContext stateListener(Consumer<ConnectionState> value) {
        stateListener = value;
        return this;
    }

    /**
     * Takes each state that the connection enters.
     *
     * @return the listener.
     */
    public Consumer<ConnectionState> stateListener() {
        return stateListener;
    }

    /**
     * Creates the connection's threads, so that they can be pinned or given a priority: one that watches the driver,
     * and one for each Aeron client. They carry no frames. The connection names and starts them.
     *
     * @param value default: daemon threads. It may be called on any thread.
     * @return this.
     */
    public ConnectionContext threadFactory(ThreadFactory value) {
        threadFactory = value;
        return this;
    }

    /**
     * Creates the connection's threads.
     *
     * @return the factory.
     */
    public ThreadFactory threadFactory() {
        return threadFactory;
    }

    Thread newThread(Runnable task, String name) {
        Thread thread = threadFactory.newThread(task);
        if (thread == null) {
            throw new IllegalStateException("the thread factory of the connection has returned null");
        }
        thread.setName(name);
        return thread;
    }

    private static Thread newDaemonThread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * How long {@link Aeroframe#connect(FrameDriver, ConnectionContext)}, and what adds publications and subscriptions,
     * wait for a media driver while none is up. {@link #answerTimeout()} comes on top for a driver that is up but slow
     * to answer.
     *
     * @param value default 5 s.
     * @return this.
     */
    public ConnectionContext connectTimeout(Duration value) {
        connectTimeout = value;
        return this;
    }

    /**
     * How long to wait for a media driver.
     *
     * @return the longest wait.
     */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /**
     * How long adding a publication or a subscription, and opening one again after a takeover, waits for a media
     * driver that is up to answer. Large log buffers on a busy machine take it seconds. A driver that dies
     * meanwhile ends the wait within three seconds.
     *
     * @param value default 10 s.
     * @return this.
     */
    public ConnectionContext answerTimeout(Duration value) {
        answerTimeout = value;
        return this;
    }

    /**
     * How long to wait for a media driver to answer a request.
     *
     * @return the longest wait.
     */
    public Duration answerTimeout() {
        return answerTimeout;
    }

    /**
     * How long {@link Aeroframe#close()} waits for subscribers, and for threads that are inside a call.
     *
     * @param value default 4 s: a little longer than the driver takes to notice that a subscriber is dead.
     * @return this.
     */
    public ConnectionContext closeTimeout(Duration value) {
        closeTimeout = value;
        return this;
    }

    /**
     * How long closing waits.
     *
     * @return the longest wait of each kind.
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * How long the frame path is rehearsed at most. The JVM interprets code that has run only a few times, and at a
     * camera's pace that would be the case for minutes. So the first publication or subscription of this JVM makes it
     * send several thousand small frames to itself, on a private stream and a thread of its own. That call returns when
     * the first of them have arrived, after half a second at most; the rest goes on in the background. Zero turns it
     * off.
     *
     * @param value default 2 s, or the number of milliseconds in the system property {@value #REHEARSAL_PROPERTY}.
     * @return this.
     */
    public ConnectionContext rehearsal(Duration value) {
        rehearsal = value;
        return this;
    }

    /**
     * How long the frame path is rehearsed at most.
     *
     * @return the longest time; zero if it is not; null for the default before it is concluded.
     */
    public Duration rehearsal() {
        return rehearsal;
    }
}
