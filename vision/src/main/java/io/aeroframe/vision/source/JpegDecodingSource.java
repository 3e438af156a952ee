package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Decodes the JPEG frames of another source, straight into the target, unless they are wanted as they are. Raw frames
 * pass through. Gray images become BGR24, or GRAY8 where the source's own pixels are wanted. One thread at a time.
 */
final class JpegDecodingSource extends DerivedSource {

    private final SourceOptions options;
    private FrameFormat rawFormat;
    private FrameFormat format;
    private ByteBuffer image;
    private JpegCodec codec;
    private int copies;

    /**
     * Wraps a source.
     *
     * @param raw     a source of raw and JPEG frames; closed with the wrapper.
     * @param options the frames that are wanted.
     */
    JpegDecodingSource(FrameSource raw, SourceOptions options) {
        super(raw);
        this.options = options;
    }

    @Override
    public boolean advance() throws IOException {
        if (!raw.advance()) {
            return false;
        }
        FrameFormat next = raw.format();
        if (!next.equals(rawFormat)) {
            changeShape(next);
        }
        return true;
    }

    private void changeShape(FrameFormat next) throws IOException {
        boolean isWanted =
                next.encoding() != FrameEncoding.JPEG || options.allowsPassedJpeg(next.width(), next.height());
        if (isWanted) {
            format = next;
        } else {
            boolean isGray = options.pixelFormat() == null && next.pixelFormat() == PixelFormat.GRAY8;
            try {
                JpegCodecs.requireDecodable(next);
            } catch (JpegFormatException e) {
                throw new BadFrameException(raw.describe() + ": " + e.getMessage(), e);
            }
            FrameFormat decoded = isGray
                    ? FrameFormat.gray8(next.width(), next.height())
                    : FrameFormat.bgr24(next.width(), next.height());
            format = decoded.withSampleAspect(next.sampleAspect());
        }
        rawFormat = next;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public int maxPayloadLength() {
        return format == rawFormat ? raw.maxPayloadLength() : format.maxPayloadLength();
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        if (format == rawFormat) {
            int length = raw.write(target);
            copies = raw.copies();
            return length;
        }
        ByteBuffer jpeg = raw.inPlace();
        int length;
        if (jpeg == null) {
            if (image == null || image.capacity() < raw.maxPayloadLength()) {
                image = ByteBuffer.allocateDirect(raw.maxPayloadLength());
            }
            length = raw.write(image);
            jpeg = image;
        } else {
            length = jpeg.limit();
        }
        if (codec == null) {
            codec = JpegCodecs.open();
        }
        try {
            codec.decode(jpeg, length, target, format);
        } catch (JpegFormatException e) {
            throw new BadFrameException(raw.describe() + ": " + e.getMessage(), e);
        }
        copies = codec.decodeCopies();
        return format.maxPayloadLength();
    }

    @Override
    public int copies() {
        return copies;
    }

    @Override
    public ByteBuffer inPlace() {
        return format == rawFormat ? raw.inPlace() : null;
    }

    @Override
    public void close() {
        if (codec != null) {
            codec.close();
            codec = null;
        }
        raw.close();
    }
}
