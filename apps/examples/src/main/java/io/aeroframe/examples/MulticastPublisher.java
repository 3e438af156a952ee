package io.aeroframe.examples;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.PublicationContext;

/** Publishes grey pictures to any number of hosts on a LAN, each frame sent once, to a multicast group. */
public final class MulticastPublisher {

    private MulticastPublisher() {}

    /** Arguments: this host's address on the LAN, and how many frames to publish, 25 a second. */
    public static void main(String[] args) throws InterruptedException {
        FrameChannel group = FrameChannel.parse("aeron:udp?endpoint=239.192.7.1:40456|interface=" + args[0]);
        try (FrameDriver driver = FrameDriver.join();
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FramePublication publication = aeroframe.addPublication(new PublicationContext()
                        .stream("lan_camera").channel(group).format(FrameFormat.gray8(320, 240)))) {
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                FrameClaim claim = publication.tryClaim();
                if (claim != null) {
                    claim.buffer().setMemory(0, claim.capacity(), (byte) i);
                    claim.commit();
                }
                Thread.sleep(40);
            }
            System.out.println(publication.ledger());
        }
    }
}
