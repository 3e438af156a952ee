package io.aeroframe.driver;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.EpochClock;

/**
 * How the embedded driver is set up: for pictures instead of small messages, and for machines of
 * any size.
 */
final class MediaDriverSettings {

    /** How long a network publication that was closed may take to reach its receivers. */
    static final long PUBLICATION_LINGER_NS = TimeUnit.SECONDS.toNanos(1);

    /** After this long without a sign of life a client's publications and subscriptions are released. */
    private static final long CLIENT_LIVENESS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(3);

    /**
     * Room for 8,192 counters, and four times this for their labels. Aeron's default is eight times as much, 46 MiB of
     * files in all, and a container's /dev/shm has 64 MiB in all by default.
     */
    private static final int COUNTERS_LENGTH = 1 << 20;

    /** Below this many processors one thread does all the driver's work and sleeps when there is none. */
    private static final int PROCESSORS_FOR_NETWORK_THREAD = 4;

    private static final int PROCESSORS_FOR_DEDICATED_THREADS = 8;

    private MediaDriverSettings() {}

    /**
     * Settings of a driver in the given directory, which is deleted at its start, and at its end by the process that
     * has the lock.
     *
     * @param clock   the clock of its timeouts, and of its clients'.
     * @param budget  the budget of what peers can make the driver allocate.
     * @param refused takes what is over the budget.
     * @param cycles  idles for the conductor, and counts its cycles.
     * @param settings the idle strategies and the thread factory of its user.
     * @return settings without an error handler.
     */
    static MediaDriver.Context forVideo(
            Path aeronDirectory,
            EpochClock clock,
            ImageBudget budget,
            RefusedSetups refused,
            DutyCycles cycles,
            DriverContext settings) {
        SocketBuffers sockets = SocketBuffers.probe();
        int processors = Runtime.getRuntime().availableProcessors();
        ThreadingMode threading;
        if (processors >= PROCESSORS_FOR_DEDICATED_THREADS) {
            threading = ThreadingMode.DEDICATED;
        } else if (processors >= PROCESSORS_FOR_NETWORK_THREAD) {
            threading = ThreadingMode.SHARED_NETWORK;
        } else {
            threading = ThreadingMode.SHARED;
        }
        MediaDriver.Context driver = new MediaDriver.Context()
                .aeronDirectoryName(aeronDirectory.toString())
                .epochClock(clock)
                .dirDeleteOnStart(true) // safe: this process holds the lock
                .dirDeleteOnShutdown(false) // by then there may be another driver at the path
                .counterValuesBufferLength(COUNTERS_LENGTH)
                .warnIfDirectoryExists(false)
                .congestControlSupplier(budget)
                .receiveChannelEndpointSupplier((channel, dispatcher, status, context) ->
                        new BoundedReceiveChannelEndpoint(channel, dispatcher, status, context, budget, refused))
                .threadingMode(threading)
                .conductorIdleStrategy(cycles)
                .senderIdleStrategy(settings.idleStrategy().get())
                .receiverIdleStrategy(settings.idleStrategy().get())
                .sharedNetworkIdleStrategy(settings.idleStrategy().get())
                .sharedIdleStrategy(cycles)
                .performStorageChecks(true)
                .lowStorageWarningThreshold(0) // an error reports what lacks room
                .termBufferSparseFile(false) // a sparse file on a full tmpfs is a SIGBUS at some later frame
                .socketRcvbufLength(sockets.receiveLength())
                .socketSndbufLength(sockets.sendLength())
                .initialWindowLength(sockets.receiveLength())
                .timerIntervalNs(TimeUnit.MILLISECONDS.toNanos(100))
                .clientLivenessTimeoutNs(CLIENT_LIVENESS_TIMEOUT_NS)
                .imageLivenessTimeoutNs(CLIENT_LIVENESS_TIMEOUT_NS)
                .publicationConnectionTimeoutNs(CLIENT_LIVENESS_TIMEOUT_NS)
                .publicationUnblockTimeoutNs(2 * CLIENT_LIVENESS_TIMEOUT_NS)
                .publicationLingerTimeoutNs(PUBLICATION_LINGER_NS);
        ThreadFactory threads = settings.threadFactory();
        return threads == null
                ? driver
                : driver.conductorThreadFactory(threads)
                        .senderThreadFactory(threads)
                        .receiverThreadFactory(threads)
                        .sharedNetworkThreadFactory(threads)
                        .sharedThreadFactory(threads);
    }
}
