package io.aeroframe.vision.sink;

import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Frame;
import java.awt.GraphicsConfiguration;
import java.awt.GraphicsDevice;
import java.awt.Insets;
import java.awt.Rectangle;
import java.awt.Toolkit;
import java.awt.event.KeyAdapter;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.awt.geom.AffineTransform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The window around a {@link PictureCanvas}: its size, keys and end. On the event dispatch thread only. */
final class PictureWindow {

    private static final Dimension WAITING_SIZE = new Dimension(640, 360);
    /** How much of the screen's usable width and height a first picture may take, in percent. */
    private static final int MAX_SCREEN_PERCENT = 90;

    private final Frame frame;
    private final PictureCanvas canvas;
    private final String streamName;
    private final Consumer<String> report;
    private final Runnable onClosed;
    private boolean disposed;

    /**
     * Makes the window and shows it, black and empty.
     *
     * @param streamName the stream name for the title and the names of saved pictures.
     * @param canvas     the inside.
     * @param report     takes a line for the user.
     * @param onClosed   called when the window is closed, by whom ever.
     */
    PictureWindow(String streamName, PictureCanvas canvas, Consumer<String> report, Runnable onClosed) {
        this.streamName = streamName;
        this.canvas = canvas;
        this.report = report;
        this.onClosed = onClosed;
        frame = new Frame(streamName);
        frame.setBackground(Color.BLACK);
        frame.setLayout(new BorderLayout());
        frame.add(canvas, BorderLayout.CENTER);
        frame.addWindowListener(new WindowAdapter() {
            @Override
            public void windowClosing(WindowEvent event) {
                dispose();
            }

            @Override
            public void windowActivated(WindowEvent event) {
                canvas.requestFocus();
            }
        });
        // The keys go to whichever of the two has the focus; without a window manager that may be the frame.
        KeyAdapter keys = new KeyAdapter() {
            @Override
            public void keyPressed(KeyEvent event) {
                onKey(event.getKeyCode());
            }
        };
        frame.addKeyListener(keys);
        canvas.addKeyListener(keys);
        canvas.setPreferredSize(WAITING_SIZE);
        frame.pack();
        frame.setLocationRelativeTo(null);
        frame.setVisible(true);
        canvas.requestFocus();
    }

    /**
     * Sets the size of the window to that of its first picture, pixel for pixel, or to what of it fits the screen.
     *
     * @param width  the width of the picture in pixels.
     * @param height the height of the picture in pixels.
     */
    void fitTo(int width, int height) {
        if (disposed || isFullScreen()) {
            return;
        }
        AffineTransform toScreen = frame.getGraphicsConfiguration().getDefaultTransform();
        Dimension limit = largestInside();
        limit.width = (int) (limit.width * toScreen.getScaleX());
        limit.height = (int) (limit.height * toScreen.getScaleY());
        Dimension size = Letterbox.firstSize(width, height, limit);
        canvas.setPreferredSize(new Dimension((int) Math.ceil(size.width / toScreen.getScaleX()), (int)
                Math.ceil(size.height / toScreen.getScaleY())));
        frame.pack();
        frame.setLocationRelativeTo(null);
    }

    /** Closes the window. Again does nothing. */
    void dispose() {
        if (disposed) {
            return;
        }
        disposed = true;
        onClosed.run();
        canvas.end();
        if (isFullScreen()) {
            device().setFullScreenWindow(null);
        }
        frame.dispose();
    }

    private void onKey(int keyCode) {
        switch (keyCode) {
            case KeyEvent.VK_ESCAPE, KeyEvent.VK_Q -> dispose();
            case KeyEvent.VK_S -> savePicture();
            case KeyEvent.VK_F -> toggleFullScreen();
            default -> {} // no other key means anything
        }
    }

    private void toggleFullScreen() {
        device().setFullScreenWindow(isFullScreen() ? null : frame);
        canvas.requestFocus();
    }

    private boolean isFullScreen() {
        return device().getFullScreenWindow() == frame;
    }

    private GraphicsDevice device() {
        return frame.getGraphicsConfiguration().getDevice();
    }

    private void savePicture() {
        PictureCanvas.Snapshot snapshot = canvas.snapshot();
        if (snapshot == null) {
            report.accept("window: there is no picture to save yet");
            return;
        }
        String name = "aeroframe-" + streamName.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + snapshot.sequence() + ".png";
        Path target = Path.of(name).toAbsolutePath();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
                ImageIO.write(snapshot.image(), "png", stream);
            }
            new AtomicFile().write(target, ByteBuffer.wrap(bytes.toByteArray()));
            report.accept("window: saved " + target);
        } catch (IOException e) {
            report.accept("window: " + e.getMessage());
        }
    }

    private Dimension largestInside() {
        GraphicsConfiguration screen = frame.getGraphicsConfiguration();
        Rectangle bounds = screen.getBounds();
        Insets taken = Toolkit.getDefaultToolkit().getScreenInsets(screen);
        Insets border = frame.getInsets();
        int width = (bounds.width - taken.left - taken.right) * MAX_SCREEN_PERCENT / 100 - border.left - border.right;
        int height = (bounds.height - taken.top - taken.bottom) * MAX_SCREEN_PERCENT / 100 - border.top - border.bottom;
        return new Dimension(Math.max(1, width), Math.max(1, height));
    }
}
