package io.aeroframe.benchmarks.messages;

import io.aeroframe.benchmarks.harness.Arrivals;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.FrameReceiver;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.transport.FrameEncoding;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** A reader that receives frames as messages and decodes JPEG frames. For one thread. */
final class MessageFrameReceiver implements FrameReceiver {

    /** A transport may lose the message that marks the end of the stream; then this much silence marks it. */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(5);

    private final MessageReceiver receiver;
    private final Arrivals arrivals;
    private final PictureCodec codec;
    private final ByteBuffer encoded;
    private final UnsafeBuffer untouched = new UnsafeBuffer(0, 0);
    private final long silenceNs;
    private long next;
    private long lastNs;
    private boolean hasEnded;

    MessageFrameReceiver(Plan plan, MessageReceiver receiver, Arrivals arrivals) {
        this.receiver = receiver;
        this.arrivals = arrivals;
        boolean isEncoded = plan.encoding() == FrameEncoding.JPEG;
        int capacity = PictureCodec.capacity(plan.size());
        codec = isEncoded ? new PictureCodec(plan.size(), ByteBuffer.allocateDirect(capacity)) : null;
        encoded = isEncoded ? ByteBuffer.allocateDirect(capacity) : null;
        silenceNs = Math.max(SILENCE_NS, (long) (3 * plan.rate().periodNs()));
    }

    @Override
    public int poll() {
        MessageReceiver.Message message = receive();
        if (message == null) {
            hasEnded |= lastNs != 0 && System.nanoTime() - lastNs > silenceNs;
            return 0;
        }
        long number = MessageHeader.number(message.header());
        if (number == MessageHeader.END) {
            hasEnded = true;
            return 1;
        }
        if (codec != null) {
            decode(message.payload());
        }
        lastNs = System.nanoTime();
        arrivals.onFrame(
                lastNs,
                MessageHeader.stampNs(message.header()),
                MessageHeader.scheduledNs(message.header()),
                number >= next,
                untouched,
                0,
                0);
        next = number + 1;
        return 1;
    }

    private MessageReceiver.Message receive() {
        try {
            return receiver.receive();
        } catch (EOFException ex) {
            hasEnded = true;
            return null;
        } catch (IOException ex) {
            throw new BenchException("the frame cannot be received: " + ex.getMessage(), ex);
        }
    }

    private void decode(ByteBuffer payload) {
        int length = payload.remaining();
        if (payload.isDirect()) {
            codec.decode(payload, length);
            return;
        }
        encoded.clear().put(payload.duplicate()); // the decoder needs a direct buffer
        codec.decode(encoded, length);
    }

    @Override
    public boolean hasEnded() {
        return hasEnded;
    }

    /** These transports do not count: frames that are missing show in the number of frames received. */
    @Override
    public Report.SubscriptionCounts counts() {
        return Report.SubscriptionCounts.NONE;
    }

    @Override
    public IdleStrategy idleStrategy() {
        return BusySpinIdleStrategy.INSTANCE; // a transport that can wait does so in receive()
    }

    @Override
    public void close() {
        CloseHelper.closeAll(receiver, codec);
    }
}
