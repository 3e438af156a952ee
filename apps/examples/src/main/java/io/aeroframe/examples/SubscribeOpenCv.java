package io.aeroframe.examples;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.WaitIdleStrategy;
import io.aeroframe.vision.Mats;
import org.opencv.core.Core;
import org.opencv.core.Mat;

/** Subscribes to a stream of raw frames and measures their brightness with OpenCV, without copying a frame. */
public final class SubscribeOpenCv {

    private static final Mats MATS = new Mats();

    private SubscribeOpenCv() {}

    /** Argument: the name of the stream. */
    public static void main(String[] args) {
        try (FrameDriver driver = FrameDriver.join();
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription(args[0])) {
            System.out.println("waiting for " + args[0]);
            WaitIdleStrategy idle = new WaitIdleStrategy(subscription);
            while (subscription.state() != StreamState.ENDED) {
                idle.idle(subscription.poll(SubscribeOpenCv::onFrame, 10));
            }
            System.out.println(subscription.ledger());
        }
    }

    private static void onFrame(Frame frame) {
        // valid until this method returns
        Mat picture = MATS.over(frame.payloadByteBuffer(), frame.format());
        double blue = Core.mean(picture).val[0];
        System.out.println("frame " + frame.sequence() + ", blue " + Math.round(blue));
    }
}
