package io.aeroframe.benchmarks.stages;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameLease;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.zstd.ZstdCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A JPEG or Zstandard frame with its pixels decoded, so that decoding and showing can be timed apart. For one thread.
 */
final class DecodedFrame implements Frame, AutoCloseable {

    private static final int ALIGNMENT = 64;

    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private JpegCodec jpeg;
    private ZstdCodec zstd;
    private FrameFormat encoded;
    private FrameFormat format;
    private ByteBuffer pixels;
    private Frame frame;

    /**
     * Decodes a frame.
     *
     * @param received the frame, which must stay valid while the result is used
     * @return this frame, or the received frame itself if it is raw
     */
    Frame of(Frame received) throws IOException {
        boolean isZstd = received.format().encoding() == FrameEncoding.ZSTD;
        if (received.format().encoding() == FrameEncoding.RAW) {
            return received;
        }
        frame = received;
        if (received.format() != encoded) {
            encoded = received.format();
            format = isZstd ? encoded.decoded() : FrameFormat.bgr24(encoded.width(), encoded.height());
            pixels = BufferUtil.allocateDirectAligned(format.maxPayloadLength(), ALIGNMENT);
            payload.wrap(pixels);
        }
        if (isZstd) {
            zstd = zstd != null ? zstd : ZstdCodec.open();
            zstd.decode(received.payloadByteBuffer(), received.payloadLength(), pixels, format);
        } else {
            jpeg = jpeg != null ? jpeg : JpegCodecs.open();
            jpeg.decode(received.payloadByteBuffer(), received.payloadLength(), pixels, format);
        }
        return this;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long sequence() {
        return frame.sequence();
    }

    @Override
    public long captureTimeNs() {
        return frame.captureTimeNs();
    }

    @Override
    public long publishTimeNs() {
        return frame.publishTimeNs();
    }

    @Override
    public boolean isSameHost() {
        return frame.isSameHost();
    }

    @Override
    public DirectBuffer payload() {
        return payload;
    }

    @Override
    public int payloadLength() {
        return format.maxPayloadLength();
    }

    @Override
    public ByteBuffer payloadByteBuffer() {
        return pixels;
    }

    @Override
    public DirectBuffer metadata() {
        return frame.metadata();
    }

    @Override
    public boolean isPooled() {
        return false;
    }

    @Override
    public boolean isRevoked() {
        return false;
    }

    /** Always throws: the next frame's pixels overwrite these. */
    @Override
    public FrameLease retain() {
        throw new UnsupportedOperationException("decoded pixels cannot be retained");
    }

    @Override
    public void close() {
        if (jpeg != null) {
            jpeg.close();
        }
        if (zstd != null) {
            zstd.close();
        }
    }
}
