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

/** A peer's writer: stamps, encodes if it is to be a JPEG, hands over. */
final class MessageFrameSender implements FrameSender {

    /** More bytes a second than that would pile up in the queues of those that have some before what is measured begins. */
    private static final double REHEARSED_BYTES_PER_NS = 0.5;

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

    /** It was made when the reader was there. */
    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public long rehearsalPeriodNs() {
        return Math.max(FrameSender.super.rehearsalPeriodNs(), (long) (payload.remaining() / REHEARSED_BYTES_PER_NS));
    }

    @Override
    public boolean send(long number, long dueNs) {
        long stampNs = System.nanoTime();
        if (codec != null) {
            payload.limit(codec.encode(payload.clear()));
        }
        handOver(stampNs, dueNs, number);
        sent++;
        return true;
    }

    private void handOver(long stampNs, long dueNs, long number) {
        MessageHeader.put(header, stampNs, dueNs, number);
        try {
            sender.send(header, payload);
        } catch (IOException ex) {
            throw new BenchException("the frame cannot be handed over: " + ex.getMessage(), ex);
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
        handOver(System.nanoTime(), 0, MessageHeader.END);
        CloseHelper.closeAll(sender, codec);
    }
}
