package io.aeroframe.apps.bridge.stream;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameHandler;
import io.aeroframe.transport.FrameLease;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.transport.WaitIdleStrategy;
import io.aeroframe.vision.DecodedFrames;
import io.aeroframe.vision.source.BadFrameException;
import io.aeroframe.vision.source.FrameSource;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/**
 * The frames of another stream. A frame is kept where it was received until the next one: on the pool path it is
 * written to its destination straight from the original's slot. Zstandard frames are decompressed. The stream's end is
 * the source's end; a publisher that vanishes may come back.
 */
final class StreamSource implements FrameSource {

    private static final long ATTACH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final String spec;
    private final SubscriptionContext context;
    private final Supplier<DriverContext> driverContext;
    private final DecodedFrames decoded = DecodedFrames.rawOrJpeg();
    private final FrameHandler keeper = this::keep;
    private FrameDriver driver;
    private Aeroframe aeroframe;
    private FrameSubscription subscription;
    private IdleStrategy idle;
    private FrameLease lease;
    private Frame frame;
    private long nextSequence = -1;
    private long lost;
    private volatile boolean isInterrupted;

    StreamSource(String spec, SubscriptionContext context, Supplier<DriverContext> driverContext) {
        this.spec = spec;
        this.context = context;
        this.driverContext = driverContext;
    }

    @Override
    public boolean advance() throws IOException {
        releaseFrame();
        if (subscription == null) {
            connect();
        }
        while (lease == null) {
            if (isInterrupted) {
                throw new InterruptedIOException(spec + ": interrupted");
            }
            int polled = subscription.poll(keeper, 1);
            if (polled == 0 && subscription.state() == StreamState.ENDED) {
                return false;
            }
            idle.idle(polled);
        }
        try {
            frame = decoded.of(lease.frame());
        } catch (ZstdFormatException ex) {
            throw new BadFrameException(spec + ": " + ex.getMessage(), ex);
        }
        return true;
    }

    /** Over IPC the original's host has a driver, and this waits for it. */
    private void connect() throws IOException {
        Optional<FrameDriver> found = Optional.empty();
        while (found.isEmpty()) {
            if (isInterrupted) {
                throw new InterruptedIOException(spec + ": interrupted");
            }
            found = context.channel().isIpc()
                    ? FrameDriver.tryAttach(driverContext.get())
                    : Optional.of(FrameDriver.join(driverContext.get()));
            if (found.isEmpty()) {
                LockSupport.parkNanos(ATTACH_INTERVAL_NS);
            }
        }
        driver = found.get();
        aeroframe = Aeroframe.connect(driver);
        subscription = aeroframe.addSubscription(context);
        // Encoding takes long: subscribers that only receive go first.
        idle = context.channel().isIpc()
                ? new WaitIdleStrategy(subscription).shortSlices(false)
                : Idle.backoff.strategy();
    }

    private void keep(Frame received) {
        long sequence = received.sequence();
        lost = nextSequence >= 0 && sequence > nextSequence ? sequence - nextSequence : 0;
        nextSequence = sequence + 1; // a publisher that is started again begins at 0
        lease = received.retain();
    }

    private void releaseFrame() {
        frame = null;
        lost = 0;
        if (lease != null) {
            lease.close();
            lease = null;
        }
    }

    @Override
    public FrameFormat format() {
        return frame.format();
    }

    @Override
    public int maxPayloadLength() {
        return frame.payloadLength();
    }

    @Override
    public long presentationTimeNs() {
        return NO_TIME;
    }

    @Override
    public long captureTimeNs() {
        return frame.captureTimeNs();
    }

    @Override
    public DirectBuffer metadata() {
        return frame.metadata();
    }

    @Override
    public long lost() {
        return lost;
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        int length = frame.payloadLength();
        frame.payload().getBytes(0, target, 0, length);
        if (frame.isRevoked()) {
            throw new BadFrameException(spec + ": frame " + frame.sequence()
                    + " was revoked by its publisher, because this process was stopped for long");
        }
        return length;
    }

    @Override
    public int copies() {
        return frame != null && lease.frame().isPooled() ? 1 : 2; // the log's memory is left when a frame is kept
    }

    @Override
    public ByteBuffer inPlace() {
        return frame.payloadByteBuffer();
    }

    @Override
    public double framesPerSecond() {
        return 0;
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public String describe() {
        return spec + (frame == null ? "" : " (" + frame.format().describe() + ")");
    }

    @Override
    public void interrupt() {
        isInterrupted = true;
    }

    @Override
    public void close() {
        releaseFrame();
        decoded.close();
        CloseHelper.closeAll(subscription, aeroframe, driver);
    }
}
