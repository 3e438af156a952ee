package io.aeroframe.transport;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What runs in a {@link StreamProcess}: hosts the driver, publishes, or reads, and says what it does, a line each. */
final class StreamChild {

    private StreamChild() {}

    /** Runs one part. */
    public static void main(String[] args) throws IOException {
        tellJumps();
        boolean isDriver = args[1].equals("driver");
        try (FrameDriver driver = FrameDriver.join(
                new DriverContext().baseDirectory(Path.of(args[0])).takesOver(isDriver))) {
            if (isDriver) {
                System.out.println("ready");
                tellHosting(driver);
                awaitEnd();
                return;
            }
            endWithInput(args[1].equals("publisher"));
            switch (args[1]) {
                case "publisher" -> publish(driver, args);
                case "reader" -> read(driver);
                case "verifier" -> verify(driver, Integer.parseInt(args[2]));
                case "holder" -> hold(driver, Integer.parseInt(args[2]));
                default -> throw new IllegalArgumentException(args[1]);
            }
        }
    }

    private static volatile boolean mayEnd;

    /** Says {@code day MS} when the time of day has jumped. */
    private static void tellJumps() {
        Thread teller = new Thread(() -> {
            long offsetMs = System.currentTimeMillis() - System.nanoTime() / 1_000_000;
            while (true) {
                long nowMs = System.currentTimeMillis() - System.nanoTime() / 1_000_000;
                if (Math.abs(nowMs - offsetMs) > 1_000_000) {
                    System.out.println("day " + (nowMs - offsetMs));
                    offsetMs = nowMs;
                }
                LockSupport.parkNanos(1_000_000);
            }
        });
        teller.setDaemon(true);
        teller.start();
    }

    private static void tellHosting(FrameDriver driver) {
        Thread teller = new Thread(() -> {
            while (!driver.isOwner()) {
                LockSupport.parkNanos(1_000_000);
            }
            System.out.println("hosting");
        });
        teller.setDaemon(true);
        teller.start();
    }

    private static void read(FrameDriver driver) {
        long[] lastNs = new long[1];
        FrameHandler handler = frame -> {
            StreamProcess.assertWhole(frame);
            long nowNs = System.nanoTime();
            if (lastNs[0] == 0) {
                System.out.println("seen");
            } else if (nowNs - lastNs[0] > 500_000_000) {
                System.out.println("again " + nowNs);
            }
            if (nowNs < frame.publishTimeNs()) {
                System.out.println("negative " + (nowNs - frame.publishTimeNs()));
            }
            lastNs[0] = nowNs;
        };
        try (Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription("stress")) {
            WaitIdleStrategy idle = new WaitIdleStrategy(subscription);
            while (true) {
                idle.idle(subscription.poll(handler, 8));
            }
        }
    }

    private static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            continue;
        }
    }

    /** A test that dies leaves no process behind. */
    private static void endWithInput(boolean takesOrders) {
        Thread watcher = new Thread(() -> {
            try (BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                while (orders.readLine() != null) {
                    mayEnd = takesOrders;
                }
            } catch (IOException ex) {
                System.err.println(ex);
            }
            Runtime.getRuntime().halt(1);
        });
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void publish(FrameDriver driver, String[] args) {
        FrameFormat format = FrameFormat.bgr24(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        int fps = Integer.parseInt(args[5]);
        long frames = Long.parseLong(args[6]);
        int run = Integer.parseInt(args[7]);
        try (Aeroframe aeroframe = Aeroframe.connect(driver);
                FramePublication publication = aeroframe.addPublication(new PublicationContext()
                        .stream("stress")
                                .channel(FrameChannel.parse(args[8]))
                                .format(format)
                                .slots(Integer.parseInt(args[4])))) {
            boolean hasSent = false;
            long dueNs = System.nanoTime();
            long left = frames;
            System.out.println("offer " + System.nanoTime());
            while (left > 0) {
                if (fps > 0) {
                    dueNs += TimeUnit.SECONDS.toNanos(1) / fps;
                    long waitNs;
                    while ((waitNs = dueNs - System.nanoTime()) > 0) {
                        LockSupport.parkNanos(waitNs);
                    }
                }
                long sequence = publication.ledger().published();
                FrameClaim claim = publication.tryClaim();
                if (claim == null) {
                    LockSupport.parkNanos(10_000);
                    continue;
                }
                Pattern.write(claim.buffer(), format.maxPayloadLength(), StreamProcess.seed(run, sequence));
                if (claim.commit(run)) {
                    if (!hasSent) {
                        System.out.println("first " + System.nanoTime());
                        hasSent = true;
                    }
                    left -= fps > 0 || mayEnd ? 1 : 0;
                }
            }
            System.out.println("published " + publication.ledger());
        }
    }

    private static void verify(FrameDriver driver, int seed) {
        Random random = new Random(seed);
        long[] count = new long[3]; // verified, of them retained, torn
        Deque<FrameLease> kept = new ArrayDeque<>();
        try (Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription("stress")) {
            WaitIdleStrategy idle = new WaitIdleStrategy(subscription);
            FrameHandler handler = frame -> {
                if (count[0]++ == 0) {
                    System.out.println("seen");
                }
                int holdUs = random.nextInt(4) == 0 ? random.nextInt(3_000) : 0;
                if (holdUs > 0) {
                    LockSupport.parkNanos(holdUs * 1_000L);
                }
                count[2] += isTorn(frame) ? 1 : 0;
                if (random.nextInt(16) == 0) {
                    kept.add(frame.retain());
                }
            };
            while (subscription.state() != StreamState.ENDED && subscription.state() != StreamState.LOST) {
                idle.idle(subscription.poll(handler, 1));
                if (kept.size() > 2 || !kept.isEmpty() && random.nextInt(64) == 0) {
                    closeOne(kept, count);
                }
            }
            while (!kept.isEmpty()) {
                closeOne(kept, count);
            }
            SubscriptionLedger ledger = subscription.ledger();
            System.out.println("verified " + count[0] + " " + count[1] + " " + count[2] + " " + ledger.overrun() + " "
                    + (ledger.isBalanced() && ledger.lost() == 0 && ledger.invalid() == 0) + " " + subscription.state()
                    + " " + ledger);
        }
    }

    private static void closeOne(Deque<FrameLease> kept, long[] count) {
        try (FrameLease lease = kept.remove()) {
            count[1]++;
            count[2] += isTorn(lease.frame()) ? 1 : 0;
        }
    }

    private static boolean isTorn(Frame frame) {
        try {
            StreamProcess.assertWhole(frame);
            return false;
        } catch (AssertionError torn) {
            System.err.println("torn: sequence " + frame.sequence() + ": " + torn.getMessage());
            return true;
        }
    }

    private static void hold(FrameDriver driver, int frames) {
        List<FrameLease> kept = new ArrayList<>();
        int[] again = {-1};
        FrameHandler handler = frame -> {
            if (again[0] >= 0) {
                StreamProcess.assertWhole(frame);
                again[0]++;
            } else if (kept.size() < frames) {
                kept.add(frame.retain());
                if (kept.size() == frames) {
                    System.out.println("holding "
                            + kept.stream()
                                    .filter(lease -> lease.frame().isPooled())
                                    .count());
                }
            }
        };
        try (Aeroframe aeroframe = Aeroframe.connect(driver, new ConnectionContext().errorHandler(StreamChild::tell));
                FrameSubscription subscription = aeroframe.addSubscription("stress")) {
            while (again[0] < 50) {
                subscription.poll(handler, 1);
                if (again[0] < 0 && kept.size() == frames && areRevoked(kept)) {
                    kept.forEach(FrameLease::close);
                    again[0] = 0;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
        System.out.println("again " + again[0]);
    }

    /** Prints what each access throws, once the first is revoked. */
    private static boolean areRevoked(List<FrameLease> kept) {
        int revoked = 0;
        for (FrameLease lease : kept) {
            try {
                lease.frame();
                if (revoked == 0) {
                    return false;
                }
                System.out.println("kept");
            } catch (LeaseRevokedException ex) {
                revoked++;
                tell(ex);
            }
        }
        return true;
    }

    private static void tell(Throwable error) {
        System.out.println("thrown " + error.getClass().getSimpleName());
    }
}
