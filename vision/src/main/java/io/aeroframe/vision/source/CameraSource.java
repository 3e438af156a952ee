package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.internal.NativeMemory;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.jpeg.JpegHeader;
import io.aeroframe.vision.jpeg.JpegTables;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.videoio.VideoCapture;
import org.opencv.videoio.VideoWriter;
import org.opencv.videoio.Videoio;

/**
 * A camera, by OpenCV (Video4Linux on Linux, the system's own interface elsewhere). Raw BGR24, or GRAY8 from a camera
 * that has no colour. {@link #advance()} waits for the camera's next picture, {@link #write(ByteBuffer)} has it
 * converted and put into the target.
 *
 * <p>A camera that delivers Motion JPEG has its images passed on as they are where the options allow JPEG frames and
 * ask for no other size or pixels. Damaged ones are left out.
 */
final class CameraSource implements FrameSource {

    private static final Pattern SYNTAX = Pattern.compile("(?:camera:)?(\\d{1,4})|(?:camera:)?(/dev/\\S+)");
    private static final String MJPG = "MJPG";
    private static final String JPEG = "JPEG";

    /** So many in a row are not an accident. */
    private static final int MOST_DAMAGED = 100;

    private static final boolean IS_LINUX =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

    private final String name;
    private final VideoCapture capture;
    private final double framesPerSecond;
    private final SourceOptions options;
    private final Mats mats = new Mats();
    private final Mat first = new Mat();
    private final JpegTables tables = new JpegTables();
    private boolean isPassingJpeg;
    private ByteBuffer jpeg;
    private int jpegLength;
    private FrameFormat format;
    private boolean isFirstHeld;
    private int damaged;
    private int copies;
    private long startNs;
    private long presentationTimeNs;
    private volatile boolean isInterrupted;

    private CameraSource(String name, VideoCapture capture, SourceOptions options) {
        this.name = name;
        this.capture = capture;
        this.options = options;
        double rate = capture.get(Videoio.CAP_PROP_FPS);
        framesPerSecond = rate > 0 && rate < 100_000 ? rate : 0;
    }

    /**
     * Opens a camera.
     *
     * @param spec    {@code 0} or {@code camera:0}, the first camera; on Linux also {@code camera:/dev/video0}.
     * @param options whose size, rate and fourcc, if they are there, are asked of the camera, which may deliver its
     *                nearest.
     * @return a source to be closed.
     * @throws IOException              if there is no such camera, it may not be used, or it is in use.
     * @throws IllegalArgumentException if the specification is malformed.
     */
    public static CameraSource open(String spec, SourceOptions options) throws IOException {
        Matcher matcher = SYNTAX.matcher(spec);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(spec
                    + ": not a camera; use its number, as in 0 or camera:1, or its device, as in camera:/dev/video0");
        }
        String device = matcher.group(2);
        String name = "camera " + (device == null ? Integer.parseInt(matcher.group(1)) : device);
        if (IS_LINUX) {
            requireDevice(name, Path.of(device == null ? "/dev/video" + Integer.parseInt(matcher.group(1)) : device));
        }
        OpenCv.require();
        int backend = IS_LINUX ? Videoio.CAP_V4L2 : Videoio.CAP_ANY;
        VideoCapture capture = device == null
                ? new VideoCapture(Integer.parseInt(matcher.group(1)), backend)
                : new VideoCapture(device, backend);
        return of(name, capture, options);
    }

    /** A source over a capture that may be open. Closes it if it is not. */
    static CameraSource of(String name, VideoCapture capture, SourceOptions options) throws IOException {
        if (!capture.isOpened()) {
            capture.release();
            throw new IOException(
                    name + ": cannot be opened; another program may be using it, or it is not a device that"
                            + " takes pictures: try the next number");
        }
        // The format first: it decides which sizes and rates there are.
        String fourcc = options.fourcc() == null && options.encoding() == EncodingChoice.JPEG ? MJPG : options.fourcc();
        if (fourcc != null) {
            capture.set(Videoio.CAP_PROP_FOURCC, code(fourcc));
        }
        if (options.hasSize()) {
            capture.set(Videoio.CAP_PROP_FRAME_WIDTH, options.width());
            capture.set(Videoio.CAP_PROP_FRAME_HEIGHT, options.height());
        }
        if (options.framesPerSecond() > 0) {
            capture.set(Videoio.CAP_PROP_FPS, options.framesPerSecond());
        }
        int actual = (int) capture.get(Videoio.CAP_PROP_FOURCC);
        if (options.fourcc() != null && actual != 0 && actual != code(options.fourcc())) {
            options.report().accept(name + ": it has no pictures of " + fourcc + ", they are " + text(actual));
        }
        CameraSource source = new CameraSource(name, capture, options);
        source.isPassingJpeg = options.encoding() != EncodingChoice.RAW
                && (actual == code(MJPG) || actual == code(JPEG))
                && capture.set(Videoio.CAP_PROP_CONVERT_RGB, 0);
        return source;
    }

    private static int code(String fourcc) {
        return VideoWriter.fourcc(fourcc.charAt(0), fourcc.charAt(1), fourcc.charAt(2), fourcc.charAt(3));
    }

    private static String text(int code) {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            text.append((char) (code >> shift & 0x7F));
        }
        return text.toString();
    }

    @Override
    public boolean advance() throws IOException {
        grab();
        long now = System.nanoTime();
        if (format == null) {
            startNs = now;
            if (!isPassingJpeg || !passFirst()) {
                readFormat();
            }
        } else if (isPassingJpeg) {
            takeNext();
        } else {
            isFirstHeld = false;
        }
        presentationTimeNs = now - startNs;
        return true;
    }

    private void takeNext() throws IOException {
        if (takeJpeg()) {
            damaged = 0;
            return;
        }
        if (++damaged == MOST_DAMAGED) {
            throw new SourceException(
                    SourceException.Reason.DAMAGED_CAMERA_JPEG,
                    name + ": it delivers damaged JPEG images only; request another format, such as YUYV");
        }
        throw new BadFrameException(name + ": a JPEG image is damaged");
    }

    private void grab() throws IOException {
        boolean hasPicture = !isInterrupted && capture.grab();
        if (isInterrupted) {
            throw new IOException(name + ": interrupted");
        }
        if (!hasPicture) {
            throw new IOException(
                    name + ": it stopped delivering pictures; was it unplugged, or taken by another program?");
        }
    }

    /** Finds out with the first image whether they can be passed on. If not, OpenCV is to decode them. */
    private boolean passFirst() throws IOException {
        if (takeJpeg() && options.allowsPassedJpeg(format.width(), format.height())) {
            return true;
        }
        isPassingJpeg = false;
        format = null;
        capture.set(Videoio.CAP_PROP_CONVERT_RGB, 1);
        grab();
        return false;
    }

    /** Returns false if the picture is not a complete JPEG image. */
    private boolean takeJpeg() {
        if (!capture.retrieve(first) || first.empty() || first.type() != CvType.CV_8UC1 || !first.isContinuous()) {
            return false;
        }
        // OpenCV hands out the driver's whole buffer, of which the image fills a part.
        int length = (int) first.total();
        jpeg = NativeMemory.bytes(first.dataAddr(), length);
        try {
            jpeg = tables.complete(jpeg, JpegHeader.imageLength(jpeg, 0, length));
            jpegLength = jpeg.limit();
            FrameFormat next = MjpegPacket.format(jpeg);
            if (!next.equals(format)) {
                format = next;
            }
            return true;
        } catch (JpegFormatException e) {
            return false;
        }
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long presentationTimeNs() {
        return presentationTimeNs;
    }

    @Override
    public int maxPayloadLength() {
        return isPassingJpeg ? jpegLength : format.maxPayloadLength();
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        if (isPassingJpeg) {
            target.put(0, jpeg, 0, jpegLength);
            copies = 2;
            return jpegLength;
        }
        Mat view = mats.over(target, 0, format);
        if (isFirstHeld) {
            first.copyTo(view);
            copies = 2;
            first.release();
            isFirstHeld = false;
            return format.maxPayloadLength();
        }
        if (!capture.retrieve(view)) {
            if (++damaged == MOST_DAMAGED) {
                throw new IOException(name + ": OpenCV cannot decode any of its pictures; request another format");
            }
            throw new BadFrameException(name + ": OpenCV cannot decode a picture");
        }
        damaged = 0;
        copies = 1;
        if (!Mats.isOver(view)) {
            copyBack(view, target);
            copies = 2;
        }
        return format.maxPayloadLength();
    }

    /**
     * How often the bytes of the last frame were copied.
     *
     * @return 1: OpenCV converts a camera's picture in memory of its own and copies it from there, whatever Mat it is
     *     given; 2 for the first frame, of which only the whole picture shows the shape, where OpenCV does not write
     *     into the target, and of a JPEG image that is passed on.
     */
    @Override
    public int copies() {
        return copies;
    }

    @Override
    public double framesPerSecond() {
        return framesPerSecond;
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public String describe() {
        return format == null ? name : name + " (" + format.describe() + ")";
    }

    @Override
    public void interrupt() {
        isInterrupted = true;
    }

    @Override
    public void close() {
        capture.release();
        first.release();
        mats.clear();
    }

    /** The size that a camera reports is not always the size that it delivers: only a picture shows it. */
    private void readFormat() throws IOException {
        for (int tries = 1; !capture.retrieve(first) || first.empty(); tries++) {
            if (tries == MOST_DAMAGED) {
                throw new IOException(name + ": OpenCV cannot decode any of its pictures; request another format");
            }
            grab();
        }
        if (first.type() != CvType.CV_8UC3 && first.type() != CvType.CV_8UC1) {
            throw new IOException(name + ": it delivers pictures of OpenCV type " + CvType.typeToString(first.type())
                    + ", only BGR and gray of 8 bits are supported");
        }
        try {
            format = FrameFormat.raw(
                    first.type() == CvType.CV_8UC3 ? PixelFormat.BGR24 : PixelFormat.GRAY8, first.cols(), first.rows());
        } catch (IllegalArgumentException e) {
            throw new IOException(name + ": its pictures do not make a frame: " + e.getMessage(), e);
        }
        isFirstHeld = true;
    }

    /** OpenCV gave the view other memory: as some backends always do, and all if the picture is of another shape. */
    private void copyBack(Mat picture, ByteBuffer target) throws IOException {
        if (picture.cols() != format.width()
                || picture.rows() != format.height()
                || picture.type() != Mats.type(format.pixelFormat())) {
            throw new IOException(name + ": its pictures changed from " + format.describe() + " to " + picture.cols()
                    + "x" + picture.rows() + "; open it again");
        }
        picture.copyTo(mats.over(target, 0, format));
        picture.release();
    }

    private static void requireDevice(String name, Path device) throws IOException {
        if (!Files.exists(device)) {
            List<String> others = new ArrayList<>();
            try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/dev"), "video*")) {
                devices.forEach(other -> others.add(other.toString()));
            }
            others.sort(NaturalOrder.INSTANCE);
            throw new IOException(name + ": no such device; "
                    + (others.isEmpty()
                            ? "there is no camera here (no /dev/video*), use pattern: for a test picture"
                            : "there are " + String.join(", ", others)));
        }
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            throw new IOException(name + ": " + device + " may not be used (permission denied); add the user "
                    + System.getProperty("user.name") + " to the group that owns it, usually video");
        }
    }
}
