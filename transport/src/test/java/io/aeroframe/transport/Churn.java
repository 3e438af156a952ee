package io.aeroframe.transport;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Connections, publications, subscriptions and pools come and go; what they take of the process goes with them.
 *
 * <p>Arguments: base directory, rounds.
 */
final class Churn {

    private static final FrameFormat SMALL = FrameFormat.gray8(320, 240);
    private static final FrameFormat LARGE = FrameFormat.gray8(640, 480);
    private static final int WARM_UP = 30;

    private final FrameDriver driver;
    private final FramePublication lasting;

    private Churn(FrameDriver driver, FramePublication lasting) {
        this.driver = driver;
        this.lasting = lasting;
    }

    /**
     * What a process can run out of.
     *
     * @param mappings    the mappings of memory.
     * @param descriptors the descriptors of files.
     * @param threads     alive.
     * @param directBytes the bytes of buffers off the heap.
     */
    private record Resources(long mappings, long descriptors, long threads, long directBytes) {

        static Resources now() {
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"));
                    Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
                return new Resources(
                        maps.filter(line -> line.contains("aeroframe")).count(),
                        files.count(),
                        Thread.activeCount(),
                        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                                .filter(pool -> pool.getName().equals("direct"))
                                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                                .sum());
            } catch (IOException ex) {
                throw new AssertionError(ex);
            }
        }

        /** Some linger for a moment, before as after; what leaks once in ten rounds shows. */
        boolean isWithin(Resources before, int rounds) {
            int slack = Math.max(4, rounds / 10);
            return mappings <= before.mappings + slack
                    && descriptors <= before.descriptors + slack
                    && threads <= before.threads + slack
                    && directBytes <= before.directBytes + (256L << 10);
        }
    }

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[1]);
        try (FrameDriver driver = FrameDriver.join(new DriverContext().baseDirectory(Path.of(args[0])));
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FramePublication lasting = aeroframe.addPublication("lasting", SMALL)) {
            Churn churn = new Churn(driver, lasting);
            churn.run(WARM_UP);
            Resources before = Resources.now();
            churn.run(rounds);
            LiveHost.await("resources to be as before: " + before, () -> Resources.now()
                    .isWithin(before, rounds));
            System.out.println("flat " + before + " then " + Resources.now());
        }
    }

    private void run(int rounds) {
        for (int i = 0; i < rounds; i++) {
            Aeroframe aeroframe = Aeroframe.connect(driver);
            FrameSubscription visitor = aeroframe.addSubscription("lasting");
            awaitFrame(lasting, visitor, SMALL);
            FrameSubscription subscription = aeroframe.addSubscription(
                    new SubscriptionContext().stream("short").delivery(i % 2 == 0 ? Delivery.EVERY : Delivery.LATEST));
            FramePublication publication = aeroframe.addPublication(
                    new PublicationContext().stream("short").format(SMALL).pooled(i % 4 != 0));
            awaitFrame(publication, subscription, SMALL);
            awaitFrame(publication, subscription, LARGE);
            if (i % 3 == 0) {
                publication.close();
                subscription.close();
                visitor.close();
            }
            aeroframe.close();
        }
    }

    private static void awaitFrame(FramePublication publication, FrameSubscription subscription, FrameFormat format) {
        boolean[] hasCome = new boolean[1];
        LiveHost.await("a frame", () -> {
            Pattern.send(publication, format);
            subscription.poll(frame -> hasCome[0] |= frame.format().equals(format), 8);
            return hasCome[0];
        });
    }
}
