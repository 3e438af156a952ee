package io.aeroframe.transport;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Closes, on one thread, what other threads are inside of, again and again: they end with an exception that says so,
 * and the JVM lives.
 *
 * <p>Arguments: base directory, what is closed, {@code pool} or {@code log}, rounds.
 */
final class CloseStorm {

    private static final FrameFormat FORMAT = FrameFormat.bgr24(1280, 720);

    /** What is closed. */
    enum Target {
        /** The publisher's connection. */
        SENDER,
        /** The subscriber's connection. */
        RECEIVER,
        PUBLICATION,
        SUBSCRIPTION,
        /** The subscriber's connection, while it attaches to a large pool. */
        ATTACHING
    }

    private final FrameDriver driver;
    private final Target target;
    private final boolean isPooled;
    private final List<Throwable> reported = new CopyOnWriteArrayList<>();
    private volatile boolean mayRun;

    private CloseStorm(FrameDriver driver, Target target, boolean isPooled) {
        this.driver = driver;
        this.target = target;
        this.isPooled = isPooled;
    }

    public static void main(String[] args) throws InterruptedException {
        int rounds = Integer.parseInt(args[3]);
        try (FrameDriver driver = FrameDriver.join(new DriverContext().baseDirectory(Path.of(args[0])))) {
            CloseStorm storm = new CloseStorm(driver, Target.valueOf(args[1]), args[2].equals("pool"));
            if (storm.target == Target.PUBLICATION || storm.target == Target.SUBSCRIPTION) {
                storm.runInOneConnection(rounds);
            } else {
                for (int i = 0; i < rounds; i++) {
                    storm.runInConnections();
                }
            }
        }
        System.out.println("rounds " + rounds);
    }

    private Aeroframe connect() {
        return Aeroframe.connect(driver, new ConnectionContext().errorHandler(reported::add));
    }

    private void runInOneConnection(int rounds) throws InterruptedException {
        try (Aeroframe sending = connect();
                Aeroframe receiving = connect()) {
            for (int i = 0; i < rounds; i++) {
                round(sending, receiving);
            }
        }
    }

    private void runInConnections() throws InterruptedException {
        try (Aeroframe sending = connect();
                Aeroframe receiving = connect()) {
            round(sending, receiving);
        }
    }

    private void round(Aeroframe sending, Aeroframe receiving) throws InterruptedException {
        FrameFormat format = target == Target.ATTACHING ? FrameFormat.bgr24(3840, 2160) : FORMAT;
        mayRun = true;
        AtomicLong sent = new AtomicLong();
        AtomicLong received = new AtomicLong();
        FrameSubscription subscription = receiving.addSubscription("storm");
        FramePublication publication = sending.addPublication(
                new PublicationContext().stream("storm").format(format).pooled(isPooled));
        Loop reader = new Loop("reader", () -> read(subscription, received));
        Loop writer = target == Target.ATTACHING ? null : new Loop("writer", () -> write(publication, format, sent));
        try {
            if (writer == null) {
                LiveHost.awaitConnected(publication);
                publication.tryClaim().abort(); // announces the pool: the reader attaches
            } else {
                LiveHost.await("frames", () -> sent.get() > 2 && received.get() > 2);
            }
            LockSupport.parkNanos(
                    ThreadLocalRandom.current().nextLong(target == Target.ATTACHING ? 40_000_000 : 2_000_000));
            boolean isSenders = target == Target.SENDER || target == Target.PUBLICATION;
            switch (target) {
                case SENDER -> sending.close();
                case RECEIVER, ATTACHING -> receiving.close();
                case PUBLICATION -> publication.close();
                case SUBSCRIPTION -> subscription.close();
            }
            (isSenders ? writer : reader).assertEndsClosed();
        } finally {
            mayRun = false;
            reader.join();
            if (writer != null) {
                writer.join();
            }
            publication.close();
            subscription.close();
        }
    }

    private void write(FramePublication publication, FrameFormat format, AtomicLong sent) {
        UnsafeBuffer picture = new UnsafeBuffer(ByteBuffer.allocateDirect(format.maxPayloadLength()));
        while (mayRun) {
            boolean isSent;
            if (sent.get() % 2 == 0) {
                isSent = publication.offer(format, picture, 0, picture.capacity(), 0);
            } else {
                FrameClaim claim = publication.tryClaim();
                if (claim != null) {
                    claim.buffer()
                            .setMemory(0, format.maxPayloadLength(), (byte) 1); // valid whatever is closed meanwhile
                    claim.commit();
                }
                isSent = claim != null;
            }
            if (isSent) {
                sent.incrementAndGet();
            }
        }
    }

    private void read(FrameSubscription subscription, AtomicLong received) {
        WaitIdleStrategy idle = new WaitIdleStrategy(subscription);
        byte[] sink = new byte[1 << 16];
        while (mayRun) {
            int frames = subscription.poll(
                    frame -> {
                        received.incrementAndGet();
                        for (int i = 0; i + sink.length <= frame.payloadLength(); i += sink.length) {
                            frame.payload().getBytes(i, sink);
                        }
                    },
                    4);
            idle.idle(frames);
        }
    }

    /** A thread that runs until it is asked to end, or is refused. */
    private static final class Loop {
        private final Thread thread;
        private volatile Throwable end;

        Loop(String name, Runnable body) {
            thread = new Thread(
                    () -> {
                        try {
                            body.run();
                        } catch (Throwable ex) { // looked at by assertEndsClosed()
                            end = ex;
                        }
                    },
                    name);
            thread.setDaemon(true);
            thread.start();
        }

        void join() throws InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            if (thread.isAlive()) {
                AssertionError error = new AssertionError("the " + thread.getName() + " does not end");
                error.setStackTrace(thread.getStackTrace());
                throw error;
            }
        }

        void assertEndsClosed() throws InterruptedException {
            join();
            if (!(end instanceof IllegalStateException) || !end.getMessage().endsWith("is closed")) {
                throw new AssertionError("the " + thread.getName() + " ended with " + end, end);
            }
        }
    }
}
