package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.zstd.ZstdCodec;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Compresses the raw frames of another source without loss, straight into the target. */
final class ZstdEncodingSource extends DerivedSource {

    private final ZstdCodec codec;
    private ByteBuffer pixels = ByteBuffer.allocateDirect(0);
    private FrameFormat rawFormat;
    private FrameFormat format;
    private int copies;

    private ZstdEncodingSource(FrameSource raw, ZstdCodec codec) {
        super(raw);
        this.codec = codec;
    }

    /**
     * A source of zstd frames only.
     *
     * @param raw a source of raw frames of any pixel format; closed with the new source, and if this fails.
     * @return a source to be closed.
     * @throws IOException if Zstandard's library cannot be loaded.
     */
    public static FrameSource of(FrameSource raw) throws IOException {
        try {
            return new ZstdEncodingSource(raw, ZstdCodec.open());
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /**
     * Moves to the next frame.
     *
     * @throws IOException              if the source cannot be read.
     * @throws IllegalArgumentException if its frame is not raw.
     */
    @Override
    public boolean advance() throws IOException {
        if (!raw.advance()) {
            return false;
        }
        FrameFormat current = raw.format();
        if (!current.equals(rawFormat)) {
            FrameFormat next = ZstdCodec.formatOf(current);
            if (!next.equals(format)) {
                format = next;
            }
            rawFormat = current;
        }
        return true;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        ByteBuffer frame = raw.inPlace();
        copies = 0;
        if (frame == null) {
            if (pixels.capacity() < raw.maxPayloadLength()) {
                pixels = ByteBuffer.allocateDirect(raw.maxPayloadLength());
            }
            raw.write(pixels);
            frame = pixels;
            copies = raw.copies();
        }
        return codec.encode(frame, rawFormat, target);
    }

    /**
     * How often the pixels of the last frame were copied before they were compressed.
     *
     * @return as many times as the source behind copied them; 0 where it has them in memory anyway.
     */
    @Override
    public int copies() {
        return copies;
    }

    /** Closes the source behind, too. Closing twice does nothing. */
    @Override
    public void close() {
        try {
            raw.close();
        } finally {
            codec.close();
        }
    }
}
