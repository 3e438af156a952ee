package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.TimeZone;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

/**
 * A moving test picture without end: colour bars, a gray ramp, a colour field, a bouncing ball, a line that sweeps
 * across, and in large digits the frame's number, from 0, and the time of day when it was drawn. Holding a camera
 * before the window, or comparing the time with a clock, shows the latency; a gap in the numbers shows a drop.
 *
 * <p>Raw BGR24 only, from 1x1 on; parts that do not fit are left out. The still parts are drawn once.
 */
final class PatternSource implements FrameSource {

    private static final int TIME_CELLS = 12;
    private static final int NUMBER_DIGITS = 8;
    private static final int SMALLEST_CELL_HEIGHT = 10;
    private static final int SMALLEST_MOVING_SIDE = 8;
    private static final long MILLIS_OF_A_DAY = 86_400_000;
    private static final double NANOS_OF_A_SECOND = 1e9;

    private static final Scalar INK = new Scalar(240, 240, 240);
    private static final Scalar PAPER = new Scalar(28, 24, 22);
    private static final Scalar BALL = new Scalar(40, 120, 250);
    private static final Scalar RIM = new Scalar(250, 250, 250);

    private final FrameFormat format;
    private final double framesPerSecond;
    private final Mats mats = new Mats();
    private final Mat background;
    private final GlyphStrip glyphs;
    private final int numberX;
    private final int timeX;
    private final int textY;
    private final int cellHeight;
    private final Point panelTopLeft;
    private final Point panelBottomRight;
    private final Point ball = new Point();
    private final Point lineTop = new Point();
    private final Point lineBottom = new Point();
    private final TimeZone zone = TimeZone.getDefault();
    private long frame = -1;

    private PatternSource(PatternSpec spec) {
        format = spec.format();
        framesPerSecond = spec.framesPerSecond();
        int width = format.width();
        int height = format.height();
        GlyphStrip fitting = null;
        int size = height / 9;
        while (size >= SMALLEST_CELL_HEIGHT) {
            fitting = GlyphStrip.draw(size, INK, PAPER);
            if (fitting.cellWidth() * (TIME_CELLS + 2) <= width) {
                break;
            }
            fitting = null;
            size = size * 9 / 10;
        }
        glyphs = fitting;
        cellHeight = size;
        int cellWidth = glyphs == null ? 0 : glyphs.cellWidth();
        numberX = (width - NUMBER_DIGITS * cellWidth) / 2;
        timeX = (width - TIME_CELLS * cellWidth) / 2;
        textY = height / 2 - cellHeight;
        background = drawBackground(width, height);
        int margin = cellHeight / 3;
        panelTopLeft = new Point(timeX - margin, textY - margin);
        panelBottomRight =
                new Point(timeX + TIME_CELLS * cellWidth + margin - 1.0, textY + 2.0 * cellHeight + margin - 1);
    }

    /**
     * Opens a test picture.
     *
     * @param spec    {@code pattern:WIDTHxHEIGHT@FPS}; without a size the options' or 1280x720, without a rate 60. The
     *                rate may be fractional, above 0 and up to 100000.
     * @param options what is asked of the source; only its size is looked at.
     * @return a source to be closed.
     * @throws IOException              if OpenCV cannot be loaded, or memory is short.
     * @throws IllegalArgumentException if the specification is malformed.
     */
    public static PatternSource open(String spec, SourceOptions options) throws IOException {
        PatternSpec parsed = PatternSpec.parse(spec, options);
        OpenCv.require();
        try {
            return new PatternSource(parsed);
        } catch (CvException e) {
            throw new IOException(spec + ": the picture cannot be drawn: " + OpenCv.reason(e), e);
        }
    }

    @Override
    public boolean advance() {
        frame++;
        return true;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long presentationTimeNs() {
        return Math.round(frame * NANOS_OF_A_SECOND / framesPerSecond);
    }

    @Override
    public int write(ByteBuffer target) {
        Mat view = mats.over(target, 0, format);
        background.copyTo(view); // of equal size and type, so in place
        int width = format.width();
        int height = format.height();
        if (Math.min(width, height) >= SMALLEST_MOVING_SIDE) {
            drawMoving(view, width, height);
        }
        if (glyphs != null) {
            Imgproc.rectangle(view, panelTopLeft, panelBottomRight, PAPER, Imgproc.FILLED);
            glyphs.putNumber(target, format.stride(), numberX, textY, NUMBER_DIGITS, frame);
            glyphs.putTime(target, format.stride(), timeX, textY + cellHeight, millisOfDay());
        }
        return format.maxPayloadLength();
    }

    @Override
    public double framesPerSecond() {
        return framesPerSecond;
    }

    @Override
    public String describe() {
        String rate = framesPerSecond == Math.rint(framesPerSecond)
                ? Long.toString((long) framesPerSecond)
                : Double.toString(framesPerSecond);
        return "test pattern (" + format.width() + "x" + format.height() + ", " + rate + " fps)";
    }

    @Override
    public void close() {
        background.release();
        mats.clear();
    }

    /**
     * How often a frame is copied.
     *
     * @return 0: it is drawn in the target, its still parts by painting a picture of them.
     */
    @Override
    public int copies() {
        return 0;
    }

    private void drawMoving(Mat view, int width, int height) {
        double seconds = frame / framesPerSecond;
        double sweep = seconds / 4 % 1 * width;
        lineTop.x = sweep;
        lineTop.y = 0;
        lineBottom.x = sweep;
        lineBottom.y = height - 1.0;
        Imgproc.line(view, lineTop, lineBottom, RIM, Math.max(1, width / 400));
        int radius = Math.max(2, Math.min(width, height) / 14);
        ball.x = radius + bounce(seconds / 2.9) * (width - 1 - 2.0 * radius);
        ball.y = radius + bounce(seconds / 1.7) * (height - 1 - 2.0 * radius);
        Imgproc.circle(view, ball, radius, BALL, Imgproc.FILLED, Imgproc.LINE_AA);
        Imgproc.circle(view, ball, radius, RIM, Math.max(1, radius / 10), Imgproc.LINE_AA);
    }

    /** From 0 to 1 and back while the phase goes from 0 to 2. */
    private static double bounce(double phase) {
        double within = phase % 2;
        return within < 1 ? within : 2 - within;
    }

    private long millisOfDay() {
        long now = System.currentTimeMillis();
        return Math.floorMod(now + zone.getOffset(now), MILLIS_OF_A_DAY);
    }

    /** Two thirds colour bars, a gray ramp, and a field that goes through the colours. */
    private static Mat drawBackground(int width, int height) {
        Mat picture = new Mat(height, width, CvType.CV_8UC3);
        int barsEnd = Math.max(1, height * 2 / 3);
        int rampEnd = barsEnd + height / 9;
        byte[] row = new byte[width * 3];
        fillBars(row, width);
        for (int y = 0; y < barsEnd; y++) {
            picture.put(y, 0, row);
        }
        for (int x = 0; x < width; x++) {
            byte gray = (byte) (width == 1 ? 128 : 255L * x / (width - 1));
            row[3 * x] = gray;
            row[3 * x + 1] = gray;
            row[3 * x + 2] = gray;
        }
        for (int y = barsEnd; y < rampEnd; y++) {
            picture.put(y, 0, row);
        }
        for (int y = rampEnd; y < height; y++) {
            double light = 0.35 + 0.65 * (y - rampEnd) / Math.max(1, height - 1 - rampEnd);
            for (int x = 0; x < width; x++) {
                double angle = 2 * Math.PI * x / width;
                row[3 * x] = wave(angle, light);
                row[3 * x + 1] = wave(angle - 2 * Math.PI / 3, light);
                row[3 * x + 2] = wave(angle + 2 * Math.PI / 3, light);
            }
            picture.put(y, 0, row);
        }
        return picture;
    }

    /** White, yellow, cyan, green, magenta, red, blue, black at 75 %, as broadcasters have them. */
    private static void fillBars(byte[] row, int width) {
        byte on = (byte) 191;
        for (int x = 0; x < width; x++) {
            int bar = (int) (8L * x / width);
            row[3 * x] = (bar & 1) == 0 ? on : 0;
            row[3 * x + 1] = (bar & 4) == 0 ? on : 0;
            row[3 * x + 2] = (bar & 2) == 0 ? on : 0;
        }
    }

    private static byte wave(double angle, double light) {
        return (byte) Math.round(light * (127.5 + 127.5 * Math.cos(angle)));
    }
}
