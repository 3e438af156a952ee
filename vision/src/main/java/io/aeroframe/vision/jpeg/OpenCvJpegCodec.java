package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.internal.PixelConverter;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * JPEG by OpenCV: always there, not fast. Encoding BGR and gray allocates nothing on the Java heap; decoding makes two
 * small Mat headers an image, as OpenCV 4.9 can neither decode into a given Mat nor move a Mat to other memory. Other
 * pixel formats are converted.
 *
 * <p>OpenCV makes a picture of a damaged image and complains on standard error only, so that an image is read through
 * before it is given to it. Of a progressive image that can only be done by its markers: one whose coded data are
 * damaged may be shown.
 */
public final class OpenCvJpegCodec implements JpegCodec {

    private final Mats mats;
    private final MatOfByte encoded;
    private final MatOfInt parameters;
    private final int[] parameterValues = {
        Imgcodecs.IMWRITE_JPEG_QUALITY,
        0,
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420
    };
    private final UnsafeBuffer encodedBytes = new UnsafeBuffer(0, 0);
    private final JpegScanner scanner = new JpegScanner();
    private final EntropyChecker checker = new EntropyChecker();
    private final Conversion encodedFrom = new Conversion();
    private final Conversion decodedTo = new Conversion();
    private int encodeCopies;
    private int decodeCopies;

    /**
     * A codec. Loads OpenCV.
     *
     * @throws UnsatisfiedLinkError if OpenCV cannot be loaded.
     */
    public OpenCvJpegCodec() {
        OpenCv.load();
        mats = new Mats();
        encoded = new MatOfByte();
        parameters = new MatOfInt(parameterValues);
    }

    @Override
    public int encode(
            ByteBuffer pixels, FrameFormat format, int quality, ChromaSubsampling subsampling, ByteBuffer target)
            throws IOException {
        JpegArguments.requireSupported(format);
        JpegArguments.requireQuality(quality);
        JpegArguments.requirePixels(pixels, format);
        JpegArguments.requireWritable(target);
        PixelFormat taken = subsampling == ChromaSubsampling.GRAY || format.pixelFormat() == PixelFormat.GRAY8
                ? PixelFormat.GRAY8
                : PixelFormat.BGR24;
        encodeCopies = 1; // OpenCV encodes in memory of its own
        Mat view;
        if (format.pixelFormat() == taken) {
            view = mats.over(pixels, 0, format);
        } else {
            encodedFrom.prepare(format, FrameFormat.raw(taken, format.width(), format.height()));
            encodedFrom.converter.convert(pixels, encodedFrom.pixels);
            encodeCopies += encodedFrom.converter.copies();
            view = mats.over(encodedFrom.pixels, 0, encodedFrom.to);
        }
        set(quality, format.pixelFormat() == PixelFormat.I420 ? ChromaSubsampling.YUV420 : subsampling);
        try {
            if (!Imgcodecs.imencode(".jpg", view, encoded, parameters)) {
                throw new IOException("OpenCV cannot encode a " + format.describe() + " frame as JPEG");
            }
        } catch (CvException e) {
            throw new IOException(
                    "OpenCV cannot encode a " + format.describe() + " frame as JPEG: " + OpenCv.reason(e), e);
        }
        int length = Math.toIntExact(encoded.total());
        if (length > target.limit()) {
            throw new IOException("a " + format.describe() + " frame is " + length + " bytes as JPEG of quality "
                    + quality + ", its target has room for " + target.limit() + "; lower the quality");
        }
        encodedBytes.wrap(encoded.dataAddr(), length);
        encodedBytes.getBytes(0, target, 0, length);
        return length;
    }

    @Override
    public int maxEncodedLength(FrameFormat format, ChromaSubsampling subsampling) {
        JpegArguments.requireSupported(format);
        return FrameFormat.jpeg(format.width(), format.height()).maxPayloadLength();
    }

    @Override
    public void decode(ByteBuffer jpeg, int length, ByteBuffer target, FrameFormat targetFormat) throws IOException {
        JpegArguments.requireSupported(targetFormat);
        JpegArguments.requireImage(jpeg, length);
        JpegArguments.requireWritable(target);
        JpegArguments.requirePixels(target, targetFormat);
        scanner.readHeader(jpeg, 0, length);
        scanner.requireDecodableAs(targetFormat);
        requireWhole(jpeg, length);
        decodeCopies = 1; // OpenCV decodes in memory of its own
        boolean isGray = scanner.components() == 1 || targetFormat.pixelFormat() == PixelFormat.GRAY8;
        PixelFormat made =
                isGray && targetFormat.pixelFormat() != PixelFormat.BGR24 ? PixelFormat.GRAY8 : PixelFormat.BGR24;
        if (targetFormat.pixelFormat() == made) {
            decode(jpeg, length, mats.over(target, 0, targetFormat), targetFormat);
            return;
        }
        decodedTo.prepare(FrameFormat.raw(made, targetFormat.width(), targetFormat.height()), targetFormat);
        decode(jpeg, length, mats.over(decodedTo.pixels, 0, decodedTo.from), decodedTo.from);
        decodedTo.converter.convert(decodedTo.pixels, target);
        decodeCopies += decodedTo.converter.copies();
    }

    private void requireWhole(ByteBuffer jpeg, int length) throws JpegFormatException {
        int end = scanner.requireEnd();
        scanner.walkScans();
        if (scanner.strayBytes() > 0) {
            JpegCodecs.warned(scanner.strayBytes() + " bytes between its segments");
            return;
        }
        try {
            checker.check(jpeg, end);
        } catch (JpegWarningException e) {
            JpegCodecs.warned(e.getMessage());
        }
    }

    private void decode(ByteBuffer jpeg, int length, Mat view, FrameFormat format) throws JpegFormatException {
        int color = format.pixelFormat() == PixelFormat.GRAY8 ? Imgcodecs.IMREAD_GRAYSCALE : Imgcodecs.IMREAD_COLOR;
        Mat image = new Mat(1, length, CvType.CV_8UC1, jpeg); // a new one each time: the length is never the same
        Mat decoded = null;
        try {
            decoded = Imgcodecs.imdecode(image, color | Imgcodecs.IMREAD_IGNORE_ORIENTATION);
            if (decoded.rows() != format.height()
                    || decoded.cols() != format.width()
                    || decoded.type() != Mats.type(format.pixelFormat())) {
                throw new JpegFormatException("corrupt JPEG image: OpenCV cannot decode it");
            }
            decoded.copyTo(view); // of equal size and type, so in place
        } catch (CvException e) {
            throw new JpegFormatException("corrupt JPEG image: OpenCV cannot decode it: " + OpenCv.reason(e), e);
        } finally {
            image.release();
            Reference.reachabilityFence(jpeg);
            if (decoded != null) {
                decoded.release();
            }
        }
    }

    /**
     * How often the last image, or its pixels before, were copied besides being encoded.
     *
     * @return 1, as OpenCV encodes in memory of its own, and what a conversion adds.
     */
    @Override
    public int encodeCopies() {
        return encodeCopies;
    }

    /**
     * How often the pixels of the last image were copied after they were decoded.
     *
     * @return 1, as OpenCV 4.9 decodes in memory of its own, and what a conversion adds.
     */
    @Override
    public int decodeCopies() {
        return decodeCopies;
    }

    @Override
    public String name() {
        return "OpenCV";
    }

    @Override
    public void close() {
        mats.clear();
        encoded.release();
        parameters.release();
        encodedFrom.close();
        decodedTo.close();
    }

    private void set(int quality, ChromaSubsampling subsampling) {
        int factor =
                switch (subsampling) {
                    case YUV444 -> Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444;
                    case YUV422 -> Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_422;
                    case YUV420, GRAY -> Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420;
                };
        if (parameterValues[1] != quality || parameterValues[3] != factor) {
            parameterValues[1] = quality;
            parameterValues[3] = factor;
            parameters.put(0, 0, parameterValues);
        }
    }

    /** From or to a format that OpenCV's codec does not have, for as long as frames of one format come. */
    private static final class Conversion implements AutoCloseable {
        private FrameFormat from;
        private FrameFormat to;
        private PixelConverter converter;
        private ByteBuffer pixels;

        void prepare(FrameFormat newFrom, FrameFormat newTo) {
            if (newFrom.equals(from) && newTo.equals(to)) {
                return;
            }
            close();
            converter = new PixelConverter(newFrom, newTo);
            from = newFrom;
            to = newTo;
            // the one of the two that OpenCV has is BGR or gray without padding
            int length = FrameFormat.bgr24(newFrom.width(), newFrom.height()).maxPayloadLength();
            if (pixels == null || pixels.capacity() < length) {
                pixels = ByteBuffer.allocateDirect(length);
            }
        }

        @Override
        public void close() {
            from = null;
            to = null;
            if (converter != null) {
                converter.close();
                converter = null;
            }
        }
    }
}
