package io.aeroframe.examples;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.transport.WaitIdleStrategy;
import io.aeroframe.vision.Mats;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/** Detects edges in the newest frame only: a detector that is slower than the camera skips frames, and never lags. */
public final class LatestDetector {

    private static final Mats MATS = new Mats();
    private static final Mat EDGES = new Mat();

    private LatestDetector() {}

    /** Arguments: the name of the stream, and for how long to sleep after each frame, in ms. */
    public static void main(String[] args) throws InterruptedException {
        try (FrameDriver driver = FrameDriver.join();
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription(
                        new SubscriptionContext().stream(args[0]).delivery(Delivery.LATEST))) {
            System.out.println("waiting for " + args[0]);
            WaitIdleStrategy idle = new WaitIdleStrategy(subscription);
            while (subscription.state() != StreamState.ENDED) {
                int polled = subscription.poll(LatestDetector::detect, 1);
                Thread.sleep(polled * Long.parseLong(args[1])); // stands for a detector that takes as long
                idle.idle(polled);
            }
            System.out.println(subscription.ledger());
        }
    }

    private static void detect(Frame frame) {
        Imgproc.Canny(MATS.over(frame.payloadByteBuffer(), frame.format()), EDGES, 100, 200);
        System.out.println("frame " + frame.sequence() + ", edge pixels " + Core.countNonZero(EDGES));
    }
}
