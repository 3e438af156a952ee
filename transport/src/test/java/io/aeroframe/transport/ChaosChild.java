package io.aeroframe.transport;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.FrameDriverException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * A process of {@link ChaosTest}: one thread publishes or receives, and opens again whatever was closed or has failed;
 * another takes orders from standard input, a line each, and does things to the first that no user should, but may.
 *
 * <pre>
 * close-stream      closes the publication or subscription that the other thread uses
 * close-connection  closes the Aeroframe
 * interrupt         interrupts the other thread
 * grow              publishes frames of the next size from now on
 * report            says "frames N": sent or received so far
 * end               closes everything as it should be, says "ended", and returns from main
 * </pre>
 *
 * <p>It ends with {@link CallWatchdog#STATUS_HUNG} when a call does not return, {@link #STATUS_TORN} when a frame is
 * not what was sent, {@link #STATUS_ACCOUNT} when the account of a subscription does not balance, {@link
 * #STATUS_UNEXPECTED} when the library throws what it does not document, with the reason on standard error.
 */
final class ChaosChild {

    static final int STATUS_TORN = 87;
    static final int STATUS_ACCOUNT = 88;
    static final int STATUS_UNEXPECTED = 89;

    /** Longer than anything in the library may take: it waits ten seconds for a driver, and three for subscribers. */
    private static final int CALL_LIMIT_S = 30;

    private static final FrameFormat[] FORMATS = {
        FrameFormat.gray8(64, 64),
        FrameFormat.gray8(320, 240),
        FrameFormat.bgr24(320, 240),
        FrameFormat.bgr24(1280, 720)
    };

    private final Path base;
    private final ChaosRole role;
    private final Random random;
    private final CallWatchdog watchdog = new CallWatchdog(CALL_LIMIT_S);
    private final ErrorHandler reported = error -> System.err.println("reported: " + error);
    private final Thread worker = new Thread(this::work, "worker");

    /** Of each run that the present subscription has seen. */
    private final Map<Long, Long> lastSequences = new HashMap<>();

    private final Deque<FrameLease> kept = new ArrayDeque<>();

    private volatile FrameDriver driver;
    private volatile Aeroframe aeroframe;
    private volatile AutoCloseable open;
    private volatile int format;
    private volatile long frames;
    private volatile boolean isEnding;

    private ChaosChild(Path base, ChaosRole role, long seed) {
        this.base = base;
        this.role = role;
        random = new Random(seed);
    }

    /** Arguments: the base directory, the seed, and those of the role. */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        new ChaosChild(
                        Path.of(arguments.get(0)),
                        ChaosRole.parse(arguments.subList(2, arguments.size())),
                        Long.parseLong(arguments.get(1)))
                .run();
    }

    private void run() throws Exception {
        worker.start();
        System.out.println("started");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String order = orders.readLine();
        while (order != null && !order.equals("end")) {
            obey(order);
            order = orders.readLine();
        }
        if (order == null) {
            Runtime.getRuntime().halt(1); // the test has died
        }
        isEnding = true;
        endWithInput(orders);
        worker.join();
        attempt(() -> {
            if (aeroframe != null) {
                watchdog.run("Aeroframe.close", aeroframe::close);
            }
            if (driver != null) {
                watchdog.run("FrameDriver.close", driver::close);
            }
        });
        System.out.println("ended");
    }

    private static void endWithInput(BufferedReader orders) {
        Thread watcher = new Thread(
                () -> {
                    try {
                        while (orders.readLine() != null) {
                            continue;
                        }
                    } catch (IOException ex) {
                        System.err.println(ex);
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-with-input");
        watcher.setDaemon(true);
        watcher.start();
    }

    private void obey(String order) {
        switch (order) {
            case "close-stream" -> {
                AutoCloseable closing = open;
                if (closing != null) {
                    attempt(() -> watchdog.run("close from another thread", () -> close(closing)));
                }
            }
            case "close-connection" -> {
                Aeroframe closing = aeroframe;
                if (closing != null) {
                    attempt(() -> watchdog.run("Aeroframe.close from another thread", closing::close));
                }
            }
            case "interrupt" -> worker.interrupt();
            case "grow" -> format = (format + 1) % FORMATS.length;
            case "report" -> System.out.println("frames " + frames);
            default -> throw new IllegalArgumentException(order);
        }
    }

    private static void close(AutoCloseable closing) {
        try {
            closing.close();
        } catch (RuntimeException ex) {
            throw ex;
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** What the library documents that it throws is not a failure: something was closed, or has gone. */
    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException | FrameTransportException | FrameDriverException ex) {
            System.err.println("refused: " + ex);
        } catch (RuntimeException | Error ex) {
            fail(STATUS_UNEXPECTED, "unexpected: " + ex, ex);
        }
    }

    private static void fail(int status, String reason, Throwable cause) {
        System.err.println(reason);
        if (cause != null) {
            cause.printStackTrace();
        }
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    private void work() {
        while (!isEnding) {
            attempt(role.isPublisher() ? this::publish : this::receive);
            Thread.interrupted(); // seen
            if (!isEnding) {
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private Aeroframe connection() {
        if (driver == null || driver.isClosed()) {
            driver = watchdog.call(
                    "FrameDriver.join",
                    () -> FrameDriver.join(
                            new DriverContext().baseDirectory(base).errorHandler(reported)));
        }
        if (aeroframe == null || aeroframe.state() == ConnectionState.CLOSED) {
            aeroframe = watchdog.call(
                    "Aeroframe.connect",
                    () -> Aeroframe.connect(driver, new ConnectionContext().errorHandler(reported)));
        }
        return aeroframe;
    }

    // ---- publisher

    private void publish() {
        FrameChannel channel = FrameChannel.parse(role.channel());
        Aeroframe connection = connection();
        FramePublication publication = watchdog.call(
                "addPublication",
                () -> connection.addPublication(new PublicationContext()
                        .stream(role.stream())
                                .channel(channel)
                                .format(FORMATS[0])
                                .lossless(role.isLossless())));
        open = publication;
        try {
            long run = 1 + random.nextInt(Integer.MAX_VALUE);
            while (!isEnding) {
                send(publication, run);
                Thread.interrupted(); // seen; the next frame may wait again
                if (random.nextInt(4) > 0) { // else the next one comes at once
                    LockSupport.parkNanos(random.nextInt(8_000_000));
                }
            }
        } finally {
            open = null;
            watchdog.run("FramePublication.close", publication::close);
        }
    }

    private void send(FramePublication publication, long run) {
        FrameFormat now = FORMATS[format];
        long sequence = publication.ledger().published();
        FrameClaim claim = watchdog.call("tryClaim", () -> publication.tryClaim(now));
        if (claim != null) {
            Pattern.write(claim.buffer(), now.maxPayloadLength(), StreamProcess.seed(run, sequence));
            if (watchdog.call("commit", () -> claim.commit(run))) {
                frames++;
            }
        }
        PublicationLedger ledger = publication.ledger();
        if (ledger.published() != ledger.sent() + ledger.dropped()) {
            fail(STATUS_ACCOUNT, "account: " + ledger, null);
        }
    }

    // ---- subscriber

    private void receive() {
        FrameChannel channel = FrameChannel.parse(role.channel());
        Aeroframe connection = connection();
        FrameSubscription subscription = watchdog.call(
                "addSubscription",
                () -> connection.addSubscription(new SubscriptionContext()
                        .stream(role.stream()).channel(channel).delivery(role.delivery())));
        open = subscription;
        lastSequences.clear(); // another subscription may join where the one before had been already
        try {
            WaitIdleStrategy idle = new WaitIdleStrategy(subscription);
            while (!isEnding) {
                int polled = watchdog.call("poll", () -> subscription.poll(this::take, 8));
                if (!subscription.ledger().isBalanced()) {
                    fail(STATUS_ACCOUNT, "account: " + subscription.ledger(), null);
                }
                watchdog.run("idle", () -> idle.idle(polled));
                Thread.interrupted(); // seen
                if (kept.size() > 2) {
                    closeOne();
                }
            }
        } finally {
            open = null;
            watchdog.run("FrameSubscription.close", subscription::close);
            while (!kept.isEmpty()) {
                closeOne();
            }
        }
        if (!subscription.ledger().isBalanced()) {
            fail(STATUS_ACCOUNT, "account at the end: " + subscription.ledger(), null);
        }
    }

    private void take(Frame frame) {
        verify(frame, "delivered");
        long run = frame.captureTimeNs();
        Long last = lastSequences.put(run, frame.sequence());
        if (last != null && frame.sequence() <= last) {
            fail(STATUS_TORN, "order: sequence " + frame.sequence() + " after " + last + " of run " + run, null);
        }
        if (random.nextInt(4) == 0) {
            LockSupport.parkNanos(random.nextInt(4_000_000));
            verify(frame, "delivered, a little later");
        }
        if (random.nextInt(32) == 0) {
            kept.add(frame.retain());
        }
        frames++;
    }

    private void verify(Frame frame, String when) {
        try {
            StreamProcess.assertWhole(frame);
        } catch (AssertionError torn) {
            if (!frame.isRevoked()) { // else it says so itself: this process was stopped for too long
                fail(STATUS_TORN, "torn: sequence " + frame.sequence() + ", " + when, torn);
            }
        }
    }

    private void closeOne() {
        try (FrameLease lease = kept.remove()) {
            verify(lease.frame(), "retained");
        } catch (LeaseRevokedException ex) {
            System.err.println("refused: " + ex);
        }
    }
}
