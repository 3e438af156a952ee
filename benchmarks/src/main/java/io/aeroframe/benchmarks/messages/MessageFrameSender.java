package io.aeroframe.benchmarks.messages;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.FrameSender;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.transport.FrameEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.CloseHelper;

/** A writer that sends frames as messages: it takes the stamp, encodes a JPEG frame, and sends it. For one thread. */
final class MessageFrameSender implements FrameSender {

    /** A faster warm-up would fill the queues of some transports before the measured part starts. */
    private static final double WARMUP_BYTES_PER_NS = 0.5;

    private final ByteBuffer header = ByteBuffer.allocateDirect(MessageHeader.LENGTH);
    private final ByteBuffer payload;
    private final PictureCodec codec;
    private final MessageSender sender;
    private long sent;

    MessageFrameSender(Plan plan, ByteBuffer picture, MessageSender sender) {
        this.sender = sender;
        boolean isEncoded = plan.encoding() == FrameEncoding.JPEG;
        codec = isEncoded ? new PictureCodec(plan.size(), picture) : null;
        payload = isEncoded ? ByteBuffer.allocateDirect(PictureCodec.capacity(plan.size())) : picture;
        if (isEncoded) {
            payload.limit(codec.encode(payload));
        }
    }

    /** Always true: the sender connects before it is constructed. */
    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public long warmupPeriodNs() {
        return Math.max(FrameSender.super.warmupPeriodNs(), (long) (payload.remaining() / WARMUP_BYTES_PER_NS));
    }

    @Override
    public boolean send(long number, long scheduledNs) {
        long stampNs = System.nanoTime();
        if (codec != null) {
            payload.limit(codec.encode(payload.clear()));
        }
        sendMessage(stampNs, scheduledNs, number);
        sent++;
        return true;
    }

    private void sendMessage(long stampNs, long scheduledNs, long number) {
        MessageHeader.put(header, stampNs, scheduledNs, number);
        try {
            sender.send(header, payload);
        } catch (IOException ex) {
            throw new BenchException("the frame cannot be sent: " + ex.getMessage(), ex);
        }
    }

    @Override
    public Report.PublicationCounts counts() {
        return new Report.PublicationCounts(sent, sent, 0, 0, 0);
    }

    @Override
    public int payloadLength() {
        return payload.remaining();
    }

    @Override
    public void close() {
        sendMessage(System.nanoTime(), 0, MessageHeader.END);
        CloseHelper.closeAll(sender, codec);
    }
}
