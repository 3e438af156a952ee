package io.aeroframe.examples;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import org.agrona.concurrent.BackoffIdleStrategy;

/** Receives what {@link MulticastPublisher} publishes, on any host of the LAN. */
public final class MulticastSubscriber {

    private MulticastSubscriber() {}

    /** Argument: this host's address on the LAN. */
    public static void main(String[] args) {
        FrameChannel group = FrameChannel.parse("aeron:udp?endpoint=239.192.7.1:40456|interface=" + args[0]);
        try (FrameDriver driver = FrameDriver.join();
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription(
                        new SubscriptionContext().stream("lan_camera").channel(group))) {
            System.out.println("waiting for lan_camera");
            BackoffIdleStrategy idle = new BackoffIdleStrategy();
            while (subscription.state() != StreamState.ENDED) {
                idle.idle(subscription.poll(
                        frame -> System.out.println("frame " + frame.sequence() + ", grey "
                                + (frame.payload().getByte(0) & 0xFF)),
                        10));
            }
            System.out.println(subscription.ledger());
        }
    }
}
