package io.aeroframe.benchmarks.paths;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.Arrivals;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.FrameReceiver;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameHandler;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.transport.SubscriptionLedger;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;

/** Aeroframe's reader: reads every frame in place or, with a codec, decodes it. */
public final class AeroframeReceiver implements FrameReceiver, FrameHandler {

    private static final int POLL_LIMIT = 10;

    private final Idle idle;
    private final Arrivals arrivals;
    private final PictureCodec codec;
    private final FrameDriver driver;
    private final Aeroframe aeroframe;
    private final FrameSubscription[] subscriptions;

    /**
     * Connects a reader.
     *
     * @param count the number of subscriptions
     * @param codec the codec that decodes each frame, closed with this; null to read the bytes. With a codec, latencies
     *              start at the stamp in the metadata and end when the frame is decoded.
     */
    public AeroframeReceiver(
            Plan plan, Path aeronDirectory, int run, int count, Arrivals arrivals, PictureCodec codec) {
        this.codec = codec;
        idle = plan.idle();
        this.arrivals = arrivals;
        driver = FrameDriver.join(new DriverContext().aeronDirectory(aeronDirectory));
        aeroframe = AeroframeSender.connect(driver);
        subscriptions = new FrameSubscription[count];
        for (int i = 0; i < count; i++) {
            subscriptions[i] = aeroframe.addSubscription(new SubscriptionContext()
                    .stream(AeroframeSender.stream(run)).channel(plan.channel()));
        }
    }

    @Override
    public int poll() {
        int work = 0;
        for (FrameSubscription subscription : subscriptions) {
            work += subscription.poll(this, POLL_LIMIT);
        }
        return work;
    }

    @Override
    public void onFrame(Frame frame) {
        if (codec != null) {
            onEncodedFrame(frame);
            return;
        }
        long nowNs = arrivals.arrivalNs(frame.captureTimeNs());
        int length = frame.payloadLength();
        boolean isMatched =
                length < Long.BYTES || frame.payload().getLong(0, ByteOrder.LITTLE_ENDIAN) == frame.sequence();
        arrivals.onFrame(nowNs, frame.publishTimeNs(), frame.captureTimeNs(), isMatched, frame.payload(), 0, length);
    }

    private void onEncodedFrame(Frame frame) {
        codec.decode(frame.payloadByteBuffer(), frame.payloadLength());
        long nowNs = System.nanoTime();
        long stampNs = frame.metadata().getLong(0, ByteOrder.LITTLE_ENDIAN);
        arrivals.onFrame(nowNs, stampNs, frame.captureTimeNs(), true, frame.payload(), 0, frame.payloadLength());
    }

    @Override
    public boolean hasEnded() {
        for (FrameSubscription subscription : subscriptions) {
            if (subscription.state() == StreamState.LOST) {
                throw new BenchException(
                        "the stream is lost: its writer died, or this reader was stopped for too long");
            }
            if (subscription.state() != StreamState.ENDED) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Report.SubscriptionCounts counts() {
        Report.SubscriptionCounts all = Report.SubscriptionCounts.NONE;
        for (FrameSubscription subscription : subscriptions) {
            SubscriptionLedger ledger = subscription.ledger();
            all = all.plus(new Report.SubscriptionCounts(
                    ledger.lost(), ledger.overrun(), ledger.superseded(), ledger.expired(), ledger.invalid()));
        }
        return all;
    }

    @Override
    public IdleStrategy idleStrategy() {
        return idle.strategy(subscriptions);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(subscriptions);
        CloseHelper.closeAll(aeroframe, driver, codec);
    }
}
