package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import java.awt.AWTException;
import java.awt.BufferCapabilities;
import java.awt.Canvas;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.ImageCapabilities;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Toolkit;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferStrategy;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;

/**
 * The inside of a window: the last picture, scaled to fit and letterboxed in black, with a line of text over it if
 * there is something to say, or that line alone while there is no picture.
 *
 * <p>Painted actively by the thread that brings frames, and by the event dispatch thread when the window is exposed or
 * resized. Both hold the canvas's own lock meanwhile, never AWT's tree lock; the order is own lock, then tree lock.
 */
final class PictureCanvas extends Canvas {

    private static final long serialVersionUID = 1L;

    /**
     * Lost back buffers are painted again at once, but not without a limit: a later frame or expose event does it too.
     */
    private static final int MAX_ATTEMPTS = 3;

    /** Lets the picture shine through. */
    private static final Color BANNER = new Color(0, 0, 0, 160);

    private static final int MAX_IMAGE_LENGTH = Integer.MAX_VALUE - 8;

    private final transient Object lock = new Object();
    private final transient BgrRaster raster = new BgrRaster();
    private final Rectangle place = new Rectangle();
    private final transient PictureReduction reduction = new PictureReduction();
    private transient BufferedImage image;
    private transient BufferedImage painted;
    private int paintedFactor;
    private int shownWidth;
    private int shownHeight;
    private long sequence;
    private String status = "";
    private boolean ended;

    PictureCanvas() {
        setBackground(Color.BLACK);
        setForeground(Color.LIGHT_GRAY);
        setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 18));
    }

    /**
     * Makes a frame the picture. Any thread.
     *
     * @param frame borrowed for the call.
     * @return whether this is the first picture.
     * @throws IOException if it cannot be decoded, or is larger than a Java image can be; the picture before stays.
     */
    boolean show(Frame frame) throws IOException {
        synchronized (lock) {
            if (ended) {
                return false;
            }
            int width = frame.format().width();
            int height = frame.format().height();
            if (4L * width * height > MAX_IMAGE_LENGTH) {
                throw new SinkException(
                        SinkException.Reason.FRAME_TOO_LARGE,
                        "window: a frame of " + width + "x" + height + " is too large to show; publish smaller frames");
            }
            BufferedImage target = image != null && image.getWidth() == width && image.getHeight() == height
                    ? image
                    : new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            raster.read(frame, pixelsOf(target));
            boolean isFirst = image == null;
            image = target;
            painted = null;
            shownWidth = frame.format().displayWidth();
            shownHeight = frame.format().displayHeight();
            sequence = frame.sequence();
            status = "";
            render();
            return isFirst;
        }
    }

    /**
     * How often the bytes of the last frame were copied into the picture, which Java paints from and paints again when
     * the window is exposed. The thread that brings frames.
     *
     * @return as {@link BgrRaster#copies()}.
     */
    int copies() {
        return raster.copies();
    }

    /**
     * Sets the text that stands in the picture's place while there is none, and over the last picture until the next
     * one. Any thread.
     *
     * @param text one line; empty for none.
     */
    void showStatus(String text) {
        synchronized (lock) {
            if (!status.equals(text)) {
                status = text;
                render();
            }
        }
    }

    /**
     * A copy of the picture, with square pixels. Any thread.
     *
     * @return the copy, or null while there is none.
     */
    Snapshot snapshot() {
        synchronized (lock) {
            if (image == null) {
                return null;
            }
            boolean isTooLarge = 4L * shownWidth * shownHeight > MAX_IMAGE_LENGTH;
            int width = isTooLarge ? image.getWidth() : shownWidth;
            int height = isTooLarge ? image.getHeight() : shownHeight;
            BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = copy.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(image, 0, 0, width, height, null);
            graphics.dispose();
            return new Snapshot(copy, sequence);
        }
    }

    /** Paints no more, so that the window may be disposed of; waits for a painting under way. Any thread. */
    void end() {
        synchronized (lock) {
            ended = true;
            raster.close();
        }
    }

    @Override
    public void paint(Graphics graphics) {
        synchronized (lock) {
            render();
        }
    }

    /** Without the clearing of the base class, which flickers. */
    @Override
    public void update(Graphics graphics) {
        paint(graphics);
    }

    private void render() {
        if (ended || !isDisplayable() || getWidth() < 1 || getHeight() < 1) {
            return;
        }
        if (getBufferStrategy() == null) {
            createBackBuffer();
        }
        BufferStrategy strategy = getBufferStrategy();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Graphics2D graphics = (Graphics2D) strategy.getDrawGraphics();
            try {
                draw(graphics);
            } finally {
                graphics.dispose();
            }
            if (strategy.contentsRestored()) {
                continue;
            }
            strategy.show();
            if (!strategy.contentsLost()) {
                break;
            }
        }
        // X11 requests otherwise wait in a buffer for up to a tenth of a second.
        Toolkit.getDefaultToolkit().sync();
    }

    /**
     * One that is copied to the window. Left to itself AWT takes X11's double buffers, which are flipped and now and
     * then stay black when the window changes its size or is mapped again.
     */
    private void createBackBuffer() {
        ImageCapabilities any = new ImageCapabilities(false);
        try {
            createBufferStrategy(2, new BufferCapabilities(any, any, null));
        } catch (AWTException e) {
            throw new IllegalStateException("a window without a back buffer, which needs nothing of the display", e);
        }
    }

    private void draw(Graphics2D graphics) {
        int width = getWidth();
        int height = getHeight();
        graphics.setColor(Color.BLACK);
        if (image == null) {
            graphics.fillRect(0, 0, width, height);
            drawStatus(graphics, width, height);
            return;
        }
        drawImage(graphics, width, height);
        if (!status.isEmpty()) {
            int bannerHeight = 2 * graphics.getFontMetrics().getHeight();
            graphics.setColor(BANNER);
            graphics.fillRect(0, height - bannerHeight, width, bannerHeight);
            drawStatus(graphics, width, 2 * height - bannerHeight);
        }
    }

    /** In pixels of the screen, of which one of AWT's may have several. */
    private void drawImage(Graphics2D graphics, int width, int height) {
        AffineTransform toScreen = graphics.getTransform();
        int screenWidth = (int) Math.round(width * toScreen.getScaleX());
        int screenHeight = (int) Math.round(height * toScreen.getScaleY());
        Letterbox.fit(shownWidth, shownHeight, screenWidth, screenHeight, place);
        if (place.width != screenWidth || place.height != screenHeight) {
            graphics.fillRect(0, 0, width, height);
        }
        int factor = PictureReduction.factor(image.getWidth(), image.getHeight(), place.width, place.height);
        if (painted == null || factor != paintedFactor) {
            painted = reduction.reduce(image, factor);
            paintedFactor = factor;
        }
        graphics.scale(1 / toScreen.getScaleX(), 1 / toScreen.getScaleY());
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(painted, place.x, place.y, place.width, place.height, null);
        graphics.setTransform(toScreen);
    }

    /** In the middle of an area that begins at the top. */
    private void drawStatus(Graphics2D graphics, int width, int height) {
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(getForeground());
        FontMetrics metrics = graphics.getFontMetrics();
        int x = Math.max(0, (width - metrics.stringWidth(status)) / 2);
        graphics.drawString(status, x, (height - metrics.getHeight()) / 2 + metrics.getAscent());
    }

    private static int[] pixelsOf(BufferedImage image) {
        return ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    }

    /**
     * The picture at one moment.
     *
     * @param image    a copy.
     * @param sequence the sequence number of its frame.
     */
    record Snapshot(BufferedImage image, long sequence) {}
}
