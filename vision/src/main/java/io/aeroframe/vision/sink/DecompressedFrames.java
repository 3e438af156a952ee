package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameLease;
import io.aeroframe.vision.zstd.ZstdCodec;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The raw frames that zstd frames stand for, one after the other in the same memory, so that a sink need not know of
 * zstd. One thread at a time.
 */
final class DecompressedFrames implements AutoCloseable {

    private final View view = new View();
    private FrameFormat compressedFormat;
    private ZstdCodec codec;

    /**
     * The raw frame of a frame.
     *
     * @param frame any frame, borrowed.
     * @return the frame itself unless it is zstd; else what it decompresses to, until the next call and no longer than
     *     the frame is borrowed.
     * @throws ZstdFormatException if it cannot be decompressed.
     * @throws IOException         if Zstandard's library cannot be loaded.
     */
    Frame of(Frame frame) throws IOException {
        FrameFormat format = frame.format();
        if (format.encoding() != FrameEncoding.ZSTD) {
            return frame;
        }
        if (codec == null) {
            codec = ZstdCodec.open();
        }
        if (!format.equals(compressedFormat)) {
            view.prepareFor(format.decoded());
            compressedFormat = format;
        }
        codec.decode(frame.payloadByteBuffer(), frame.payloadLength(), view.memory, view.format);
        view.compressed = frame;
        return view;
    }

    /** Frees native memory. Closing twice does nothing. */
    @Override
    public void close() {
        if (codec != null) {
            codec.close();
            codec = null;
        }
    }

    /** The frame that was decompressed last: its own pixels, and all else of the frame that came. */
    private static final class View implements Frame {

        private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
        private ByteBuffer memory = ByteBuffer.allocateDirect(0);
        private FrameFormat format;
        private ByteBuffer payloadBytes;
        private Frame compressed;

        void prepareFor(FrameFormat next) {
            int length = next.maxPayloadLength();
            if (memory.capacity() < length) {
                memory = ByteBuffer.allocateDirect(length);
            }
            payload.wrap(memory, 0, length);
            payloadBytes = memory.slice(0, length).asReadOnlyBuffer();
            format = next;
        }

        @Override
        public FrameFormat format() {
            return format;
        }

        @Override
        public long sequence() {
            return compressed.sequence();
        }

        @Override
        public long captureTimeNs() {
            return compressed.captureTimeNs();
        }

        @Override
        public long publishTimeNs() {
            return compressed.publishTimeNs();
        }

        @Override
        public boolean isSameHost() {
            return compressed.isSameHost();
        }

        @Override
        public DirectBuffer payload() {
            return payload;
        }

        @Override
        public int payloadLength() {
            return payload.capacity();
        }

        @Override
        public ByteBuffer payloadByteBuffer() {
            return payloadBytes.clear();
        }

        @Override
        public DirectBuffer metadata() {
            return compressed.metadata();
        }

        @Override
        public boolean isPooled() {
            return false;
        }

        @Override
        public boolean isRevoked() {
            return false;
        }

        /** Nothing to lease: the next frame comes into the same memory. */
        @Override
        public FrameLease retain() {
            throw new UnsupportedOperationException(
                    "a decompressed frame cannot be retained; retain the one that came");
        }
    }
}
