package io.aeroframe.examples;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.PublicationContext;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.WaitIdleStrategy;

/** Publishes what it receives as a second stream, and waits for slow subscribers of that one instead of dropping. */
public final class LosslessRelay {

    private LosslessRelay() {}

    /** Arguments: the names of the stream to receive and of the stream to publish. */
    public static void main(String[] args) {
        try (FrameDriver driver = FrameDriver.join();
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription in = aeroframe.addSubscription(args[0]);
                FramePublication out = aeroframe.addPublication(new PublicationContext()
                        .stream(args[1])
                                .format(FrameFormat.bgr24(1280, 720)) // what most frames are; others pass, too
                                .lossless(true))) {
            System.out.println("waiting for " + args[0]);
            WaitIdleStrategy idle = new WaitIdleStrategy(in);
            while (in.state() != StreamState.ENDED) {
                idle.idle(in.poll(
                        frame -> out.offer(
                                frame.format(), frame.payload(), 0, frame.payloadLength(), frame.captureTimeNs()),
                        10));
            }
            System.out.println(in.ledger());
            System.out.println(out.ledger());
        }
    }
}
