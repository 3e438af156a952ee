package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.DecodedFrames;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.internal.NativeMemory;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.DirectBuffer;
import org.opencv.core.CvException;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/**
 * Makes picture files of frames, in memory: OpenCV's own writing to disk reports neither that the disk is full nor why
 * a file cannot be made. One thread at a time.
 */
final class PictureEncoder implements AutoCloseable {

    private static final Pattern OPENCV_ERROR = Pattern.compile(".*? error: \\([^)]*\\) (.*?)(?: in function .*)?");

    private final PictureFormat target;
    private final Mats mats = new Mats();
    private final DecodedFrames raws = DecodedFrames.rawOrJpeg();
    private final Mat colored = new Mat();
    private final MatOfByte encoded = new MatOfByte();
    private ByteBuffer pixels = ByteBuffer.allocateDirect(0);
    private ByteBuffer decoded = pixels;
    private boolean isEncodedInPlace;
    private int copies;
    private FrameFormat from;
    private FrameFormat to;
    private PixelConverter converter;
    private JpegCodec codec;

    private PictureEncoder(PictureFormat target) {
        this.target = target;
    }

    /**
     * Prepares for a kind of files.
     *
     * @param target the kind.
     * @return the encoder.
     * @throws IOException if OpenCV cannot be loaded.
     */
    static PictureEncoder open(PictureFormat target) throws IOException {
        OpenCv.require();
        return new PictureEncoder(target);
    }

    /**
     * Encodes a frame.
     *
     * @param received any frame.
     * @return the file's content from position to limit, until the next call.
     * @throws JpegFormatException if the frame is a JPEG that cannot be decoded.
     * @throws ZstdFormatException if the frame cannot be decompressed.
     * @throws IOException         if the picture cannot be of the kind (larger than the format allows).
     */
    ByteBuffer encode(Frame received) throws IOException {
        Frame frame = raws.of(received);
        if (!frame.format().equals(from)) {
            prepareFor(frame.format());
        }
        Mat view = view(frame);
        try {
            if (!Imgcodecs.imencode(target.extension(), pictureOf(view), encoded)) {
                throw refused("OpenCV cannot encode it", null);
            }
        } catch (CvException e) {
            throw refused(reasonOf(e), e);
        }
        return NativeMemory.bytes(encoded.dataAddr(), (int) encoded.total());
    }

    /** The frame as OpenCV can encode it: itself where it lies, unless it has to be made another. */
    private Mat view(Frame frame) throws IOException {
        if (isEncodedInPlace) {
            copies = 0;
            return mats.over(frame.payloadByteBuffer(), 0, from);
        }
        if (from.encoding() == FrameEncoding.JPEG) {
            boolean isStretched = converter != null;
            FrameFormat decodedAs = isStretched ? converter.from() : to;
            codec.decode(frame.payloadByteBuffer(), frame.payloadLength(), isStretched ? decoded : pixels, decodedAs);
            copies = codec.decodeCopies();
            if (isStretched) {
                converter.convert(decoded, pixels);
                copies += converter.copies();
            }
        } else if (converter != null) {
            converter.convert(frame.payloadByteBuffer(), pixels);
            copies = converter.copies();
        } else if (from.pixelFormat() == to.pixelFormat()) {
            copyRows(frame.payload());
            copies = 1;
        } else {
            copyHighBytes(frame.payload());
            copies = 0;
        }
        return mats.over(pixels, 0, to);
    }

    /**
     * How often the bytes of the last frame were copied besides being converted and encoded.
     *
     * @return 0 if it was encoded where it lay.
     */
    int copies() {
        return copies;
    }

    @Override
    public void close() {
        raws.close();
        closeConverter();
        if (codec != null) {
            codec.close();
            codec = null;
        }
        from = null;
        mats.clear();
        colored.release();
        encoded.release();
    }

    private void prepareFor(FrameFormat format) throws IOException {
        if (format.encoding() == FrameEncoding.JPEG) {
            JpegCodecs.requireDecodable(format);
        }
        closeConverter();
        to = squareFormat(format);
        boolean isStretched = to.width() != format.width() || to.height() != format.height();
        mats.clear(); // the buffers of another format do not come again
        boolean isRaw = format.encoding() == FrameEncoding.RAW;
        // A 16-bit Mat wants rows at even addresses.
        isEncodedInPlace = isRaw
                && !isStretched
                && format.pixelFormat() == to.pixelFormat()
                && (format.pixelFormat() != PixelFormat.GRAY16 || format.stride() % 2 == 0);
        if (!isEncodedInPlace && pixels.capacity() < to.maxPayloadLength()) {
            pixels = ByteBuffer.allocateDirect(to.maxPayloadLength());
        }
        if (isRaw
                && (isStretched
                        || to.pixelFormat() == PixelFormat.BGR24 && format.pixelFormat() != PixelFormat.BGR24)) {
            converter = new PixelConverter(format, to);
        } else if (isStretched) {
            FrameFormat stored = FrameFormat.raw(to.pixelFormat(), format.width(), format.height());
            converter = new PixelConverter(stored, to);
            decoded = ByteBuffer.allocateDirect(stored.maxPayloadLength());
        }
        if (!isRaw && codec == null) {
            codec = JpegCodecs.open();
        }
        from = format;
    }

    /** Raw and with square pixels. */
    private FrameFormat squareFormat(FrameFormat format) throws IOException {
        try {
            return FrameFormat.raw(pixelsOf(format.decoded()), format.displayWidth(), format.displayHeight());
        } catch (IllegalArgumentException e) {
            throw new SinkException(
                    SinkException.Reason.FRAME_TOO_LARGE,
                    "a frame of " + format.describe() + " with pixels of " + format.sampleAspect()
                            + " is too large to be written with square ones; publish smaller frames");
        }
    }

    /** What is given to OpenCV: the frame's own pixels where the kind of file can keep them. */
    private PixelFormat pixelsOf(FrameFormat format) {
        return switch (format.pixelFormat()) {
            case GRAY8 -> PixelFormat.GRAY8;
            case GRAY16 -> target.keepsSixteenBits() ? PixelFormat.GRAY16 : PixelFormat.GRAY8;
            case BGRA32 -> target.keepsAlpha() ? PixelFormat.BGRA32 : PixelFormat.BGR24;
            default -> PixelFormat.BGR24;
        };
    }

    private Mat pictureOf(Mat view) {
        if (target.keepsGray() || view.channels() != 1) {
            return view;
        }
        Imgproc.cvtColor(view, colored, Imgproc.COLOR_GRAY2BGR);
        return colored;
    }

    /** Of a stride that OpenCV cannot have. */
    private void copyRows(DirectBuffer payload) {
        for (int row = 0; row < to.height(); row++) {
            payload.getBytes(row * from.stride(), pixels, row * to.stride(), to.stride());
        }
    }

    private void copyHighBytes(DirectBuffer payload) {
        int at = 0;
        for (int row = 0; row < from.height(); row++) {
            int end = row * from.stride() + 2 * from.width();
            for (int high = row * from.stride() + 1; high < end; high += 2) {
                pixels.put(at++, payload.getByte(high));
            }
        }
    }

    private IOException refused(String reason, Exception cause) {
        return new IOException(
                "a " + from.describe() + " frame cannot be written as " + target.extension() + ": " + reason
                        + "; choose another kind of file, such as .png",
                cause);
    }

    /** Without the place in OpenCV's source. */
    private static String reasonOf(CvException e) {
        String line = e.getMessage().lines().findFirst().orElse("no reason given");
        Matcher matcher = OPENCV_ERROR.matcher(line);
        return matcher.matches() ? matcher.group(1) : line;
    }

    private void closeConverter() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
    }
}
