package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
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
import org.opencv.videoio.Videoio;

/**
 * A camera, by OpenCV (Video4Linux on Linux, the system's own interface elsewhere). Raw BGR24, or GRAY8 from a camera that
 * has no colour. {@link #advance()} waits for the camera's next picture, {@link #write(ByteBuffer)} has it converted and put
 * into the target.
 */
public final class CameraSource implements FrameSource {

    private static final Pattern SYNTAX = Pattern.compile("(?:camera:)?(\\d{1,4})|(?:camera:)?(/dev/\\S+)");
    private static final boolean IS_LINUX =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

    private final String name;
    private final VideoCapture capture;
    private final double framesPerSecond;
    private final Mats mats = new Mats();
    private final Mat first = new Mat();
    private FrameFormat format;
    private boolean isFirstHeld;
    private int copies;
    private long startNs;
    private long presentationTimeNs;
    private volatile boolean isInterrupted;

    private CameraSource(String name, VideoCapture capture) {
        this.name = name;
        this.capture = capture;
        double rate = capture.get(Videoio.CAP_PROP_FPS);
        framesPerSecond = rate > 0 && rate < 100_000 ? rate : 0;
    }

    /**
     * Opens a camera.
     *
     * @param spec    {@code 0} or {@code camera:0}, the first camera; on Linux also {@code camera:/dev/video0}.
     * @param options whose size, if it has one, is asked of the camera, which may deliver its nearest.
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
        if (options.hasSize()) {
            capture.set(Videoio.CAP_PROP_FRAME_WIDTH, options.width());
            capture.set(Videoio.CAP_PROP_FRAME_HEIGHT, options.height());
        }
        return new CameraSource(name, capture);
    }

    @Override
    public boolean advance() throws IOException {
        boolean hasPicture = !isInterrupted && capture.grab();
        if (isInterrupted) {
            throw new IOException(name + ": interrupted");
        }
        if (!hasPicture) {
            throw new IOException(
                    name + ": it stopped delivering pictures; was it unplugged, or taken by another program?");
        }
        long now = System.nanoTime();
        if (format == null) {
            startNs = now;
            readFormat();
        } else {
            isFirstHeld = false;
        }
        presentationTimeNs = now - startNs;
        return true;
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
    public int write(ByteBuffer target) throws IOException {
        Mat view = mats.over(target, 0, format);
        if (isFirstHeld) {
            first.copyTo(view);
            copies = 2;
            first.release();
            isFirstHeld = false;
            return format.maxPayloadLength();
        }
        if (!capture.retrieve(view)) {
            throw new IOException(name + ": it delivered a picture that OpenCV cannot decode");
        }
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
     * @return 1: OpenCV converts a camera's picture in memory of its own and copies it from there, whatever Mat it is given; 2 for the first frame,
     *     of which only the whole picture tells the shape, and where OpenCV does not write into the target.
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

    /** What a camera says of its size is not always what it delivers: only a picture tells. */
    private void readFormat() throws IOException {
        if (!capture.retrieve(first) || first.empty()) {
            throw new IOException(name + ": its first picture cannot be decoded by OpenCV");
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
