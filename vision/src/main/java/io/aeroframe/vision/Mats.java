package io.aeroframe.vision;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.nio.ByteBuffer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * OpenCV Mats as views over the memory of raw frames: no copy, and after the first frames no allocation.
 *
 * <p>A stream's frames come in the same few buffers again and again, so an instance keeps its last {@value #CAPACITY}
 * views, each with a reference to its buffer. A view is valid as long as the memory is: of a borrowed frame inside the
 * handler, of a claim until commit or abort. Using one afterwards reads or writes someone else's frame, or ends the JVM
 * if the memory has been unmapped. Do not {@link Mat#release()} a view, and do not keep it: ask again for the next
 * frame.
 *
 * <p>OpenCV writes a function's result into a Mat in place if it has the result's size and type, else it gives the Mat
 * other memory: then the frame stays as it was. {@link #isOver(Mat)} reports it. Such a view is made again at its next
 * use.
 *
 * <p>The shapes: GRAY8 CV_8UC1, GRAY16 CV_16UC1, BGR24 and RGB24 CV_8UC3, BGRA32 CV_8UC4, YUYV CV_8UC2, each
 * {@code height × width}; I420 and NV12 without padding and of even size as OpenCV's colour conversions want them, one
 * CV_8UC1 Mat of {@code height * 3 / 2 × width}.
 *
 * <p>One thread at a time.
 */
public final class Mats {

    /** As many as a pool of small frames has slots by default. */
    private static final int CAPACITY = 64;

    static {
        OpenCv.load();
    }

    private final View[] views = new View[CAPACITY];
    private int oldest;

    /**
     * An instance without views. Loads OpenCV.
     */
    public Mats() {}

    /**
     * A view over a frame that starts at the buffer's position. The position and the limit are left alone.
     *
     * @param memory a direct buffer, read-only or not, with at least {@link FrameFormat#maxPayloadLength()} bytes
     *               remaining. OpenCV does not know of read-only: do not write to a Mat over a frame that was received.
     * @param format the format of a raw frame.
     * @return a Mat that is owned by this instance.
     * @throws IllegalArgumentException if the buffer is not direct or too small, or the format has no Mat.
     */
    public Mat over(ByteBuffer memory, FrameFormat format) {
        return over(memory, memory.position(), format);
    }

    /**
     * A view over a frame that starts at an index of a buffer, wherever its position is.
     *
     * @param memory a direct buffer, read-only or not, whose limit is at least {@link FrameFormat#maxPayloadLength()}
     *               bytes behind the index.
     * @param index  the index of the frame's first byte.
     * @param format the format of a raw frame.
     * @return a Mat that is owned by this instance.
     * @throws IllegalArgumentException if the buffer is not direct or too small, or the format has no Mat.
     */
    public Mat over(ByteBuffer memory, int index, FrameFormat format) {
        for (int i = 0; i < CAPACITY; i++) {
            View view = views[i];
            if (view != null && view.memory == memory && view.index == index && view.format.equals(format)) {
                requireRoom(memory, index, format); // the limit may have changed
                if (view.dataAddr() == view.address) {
                    return view;
                }
                views[i] = newView(memory, index, format);
                return views[i];
            }
        }
        View view = newView(memory, index, format);
        views[oldest] = view;
        oldest = (oldest + 1) % CAPACITY;
        return view;
    }

    /** Forgets all views, and with them the buffers. For when a stream's memory is about to be unmapped. */
    public void clear() {
        for (int i = 0; i < CAPACITY; i++) {
            if (views[i] != null) {
                views[i].release();
                views[i] = null;
            }
        }
    }

    /**
     * A view of its own over a frame that starts at the buffer's position, for once: allocates at each call. The view
     * keeps its buffer reachable.
     *
     * @param direct a direct buffer, read-only or not, with at least {@link FrameFormat#maxPayloadLength()} bytes
     *               remaining.
     * @param format the format of a raw frame.
     * @return the view.
     * @throws IllegalArgumentException if the buffer is not direct or too small, or the format has no Mat.
     */
    public static Mat view(ByteBuffer direct, FrameFormat format) {
        return newView(direct, direct.position(), format);
    }

    /**
     * Whether a Mat that was made here still lies over its frame. OpenCV gives a Mat other memory when it is to take a
     * result of another size or type; what was written is not in the frame then.
     *
     * @param view the view of {@link #over(ByteBuffer, FrameFormat)} or {@link #view(ByteBuffer, FrameFormat)}.
     * @return false for a Mat with other memory, and for one that was not made here.
     */
    public static boolean isOver(Mat view) {
        return view instanceof View v && v.dataAddr() == v.address;
    }

    /**
     * The type of the Mat over frames of a pixel format.
     *
     * @param pixelFormat the pixel format of raw frames.
     * @return a type of {@link CvType}.
     */
    public static int type(PixelFormat pixelFormat) {
        return switch (pixelFormat) {
            case GRAY8, I420, NV12 -> CvType.CV_8UC1;
            case GRAY16 -> CvType.CV_16UC1;
            case YUYV -> CvType.CV_8UC2;
            case BGR24, RGB24 -> CvType.CV_8UC3;
            case BGRA32 -> CvType.CV_8UC4;
        };
    }

    /**
     * The format of a frame whose pixels are a Mat's, in place.
     *
     * @param picture CV_8UC1, CV_16UC1, CV_8UC3 (taken as BGR) or CV_8UC4 (BGRA); may be a part of another Mat.
     * @return a raw format, its stride the Mat's.
     * @throws IllegalArgumentException if the Mat is empty, of another type, or larger than a frame can be.
     */
    public static FrameFormat formatOf(Mat picture) {
        PixelFormat pixelFormat = pixelFormatOf(picture.type());
        if (picture.dims() != 2 || picture.empty() || pixelFormat == null) {
            throw new IllegalArgumentException("a Mat of " + picture.size() + " " + CvType.typeToString(picture.type())
                    + " is not a frame: it must have pixels, of CV_8UC1, CV_16UC1, CV_8UC3 or CV_8UC4");
        }
        return new FrameFormat(
                picture.cols(),
                picture.rows(),
                Math.toIntExact(picture.step1() * picture.elemSize1()),
                pixelFormat,
                FrameEncoding.RAW,
                ColorEncoding.BT601_LIMITED);
    }

    private static PixelFormat pixelFormatOf(int type) {
        if (type == CvType.CV_8UC1) {
            return PixelFormat.GRAY8;
        }
        if (type == CvType.CV_16UC1) {
            return PixelFormat.GRAY16;
        }
        if (type == CvType.CV_8UC3) {
            return PixelFormat.BGR24;
        }
        return type == CvType.CV_8UC4 ? PixelFormat.BGRA32 : null;
    }

    private static View newView(ByteBuffer memory, int index, FrameFormat format) {
        requireShape(format);
        if (!memory.isDirect()) {
            throw new IllegalArgumentException("a Mat can only lie over a direct buffer, this one is on the heap");
        }
        requireRoom(memory, index, format);
        return new View(memory, index, format);
    }

    private static void requireShape(FrameFormat format) {
        if (format.encoding() != FrameEncoding.RAW) {
            throw new IllegalArgumentException(format.describe() + ": a JPEG frame has no pixels to view, decode it");
        }
        if (format.pixelFormat().planeCount() > 1
                && (format.width() % 2 != 0 || format.height() % 2 != 0 || format.stride() != format.width())) {
            throw new IllegalArgumentException(format.describe() + " stride=" + format.stride()
                    + ": only a planar frame of even size without padding is one Mat");
        }
        if (format.pixelFormat() == PixelFormat.GRAY16 && format.stride() % 2 != 0) {
            throw new IllegalArgumentException(format.describe() + " stride=" + format.stride()
                    + ": the rows of a 16-bit Mat start at even bytes");
        }
    }

    private static void requireRoom(ByteBuffer memory, int index, FrameFormat format) {
        int length = format.maxPayloadLength();
        if (index < 0 || (long) index + length > memory.limit()) {
            throw new IllegalArgumentException("index=" + index + " length=" + length + " of a " + format.describe()
                    + " frame exceed the buffer's limit=" + memory.limit());
        }
    }

    private static final class View extends Mat {
        private final ByteBuffer memory; // OpenCV keeps no reference
        private final int index;
        private final FrameFormat format;
        private final long address;

        private View(ByteBuffer memory, int index, FrameFormat format) {
            super(
                    format.pixelFormat().planeCount() > 1 ? format.height() * 3 / 2 : format.height(),
                    format.width(),
                    Mats.type(format.pixelFormat()),
                    index == 0 ? memory : memory.slice(index, format.maxPayloadLength()),
                    format.stride());
            this.memory = memory;
            this.index = index;
            this.format = format;
            this.address = dataAddr();
        }
    }
}
