package io.aeroframe.examples;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.WaitIdleStrategy;
import java.util.stream.LongStream;

/** Measures how long frames take from the publisher's commit to this process, on one host. */
public final class MeasureLatency {

    private MeasureLatency() {}

    /** Argument: the name of the stream. */
    public static void main(String[] args) {
        LongStream.Builder latencies = LongStream.builder();
        try (FrameDriver driver = FrameDriver.join();
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription(args[0])) {
            System.out.println("waiting for " + args[0]);
            WaitIdleStrategy idle = new WaitIdleStrategy(subscription);
            while (subscription.state() != StreamState.ENDED) {
                idle.idle(subscription.poll(
                        frame -> {
                            if (frame.isSameHost()) { // otherwise the two clocks cannot be compared
                                latencies.add(System.nanoTime() - frame.publishTimeNs());
                            }
                        },
                        10));
            }
        }
        long[] sorted = latencies.build().sorted().toArray();
        if (sorted.length > 0) {
            System.out.printf(
                    "%d frames, p50 %d us, p99 %d us%n",
                    sorted.length, sorted[sorted.length / 2] / 1_000, sorted[sorted.length * 99 / 100] / 1_000);
        }
    }
}
