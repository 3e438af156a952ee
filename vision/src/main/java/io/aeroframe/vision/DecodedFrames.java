package io.aeroframe.vision;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdCodec;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/**
 * Decodes frames, one after the other into the same memory, so that their consumer sees raw pixels whatever the
 * encoding of the stream.
 *
 * <p>Zstandard frames become the raw frame that was compressed. JPEG frames become BGR24. Codecs are opened with the
 * first frame that needs one. Steady state allocates nothing. Not thread-safe.
 */
public final class DecodedFrames implements AutoCloseable {

    private final Set<FrameEncoding> encodings;
    private final FrameInOtherPixels view = new FrameInOtherPixels();
    private FrameFormat encodedFormat;
    private JpegCodec jpeg;
    private ZstdCodec zstd;

    private DecodedFrames(Set<FrameEncoding> encodings) {
        this.encodings = encodings;
    }

    /**
     * Decodes every frame that is not raw.
     *
     * @return a decoder, to be closed.
     */
    public static DecodedFrames raw() {
        return new DecodedFrames(EnumSet.of(FrameEncoding.JPEG, FrameEncoding.ZSTD));
    }

    /**
     * Decompresses Zstandard frames and passes JPEG frames through: for consumers that use a JPEG image as it is.
     *
     * @return a decoder, to be closed.
     */
    public static DecodedFrames rawOrJpeg() {
        return new DecodedFrames(EnumSet.of(FrameEncoding.ZSTD));
    }

    /**
     * Decodes a frame.
     *
     * @param frame any frame, borrowed.
     * @return the frame itself if it needs no decoding; otherwise its pixels, valid until the next call and no longer
     *     than the frame is borrowed. It cannot be retained.
     * @throws ZstdFormatException if a Zstandard frame is corrupt.
     * @throws JpegFormatException if a JPEG frame is corrupt or has too many pixels.
     * @throws IOException         if the library of the codec cannot be loaded.
     */
    public Frame of(Frame frame) throws IOException {
        FrameFormat format = frame.format();
        if (!encodings.contains(format.encoding())) {
            return frame;
        }
        boolean isJpeg = format.encoding() == FrameEncoding.JPEG;
        if (!format.equals(encodedFormat)) {
            if (isJpeg) {
                JpegCodecs.requireDecodable(format);
            }
            view.prepareFor(
                    isJpeg
                            ? FrameFormat.bgr24(format.width(), format.height()).withSampleAspect(format.sampleAspect())
                            : format.decoded());
            encodedFormat = format;
        }
        if (isJpeg) {
            jpeg = jpeg != null ? jpeg : JpegCodecs.open();
            jpeg.decode(frame.payloadByteBuffer(), frame.payloadLength(), view.memory(), view.format());
        } else {
            zstd = zstd != null ? zstd : ZstdCodec.open();
            zstd.decode(frame.payloadByteBuffer(), frame.payloadLength(), view.memory(), view.format());
        }
        view.show(frame);
        return view;
    }

    /** Frees the codecs. Closing twice does nothing. */
    @Override
    public void close() {
        if (jpeg != null) {
            jpeg.close();
            jpeg = null;
        }
        if (zstd != null) {
            zstd.close();
            zstd = null;
        }
    }
}
