package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.awt.AWTError;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.awt.HeadlessException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.function.Consumer;

/**
 * Shows frames in a window, each as it comes, scaled to the window with its aspect kept.
 *
 * <p>The window has the size of the first picture, or what of it fits the screen. Esc, {@code q} and the close button
 * close it, {@code s} saves the picture as {@code aeroframe-<stream>-<sequence>.png} in the working directory, {@code
 * f} toggles full screen. All pixel formats, JPEG and zstd are shown, GRAY16 by its high byte; the size may change
 * between frames. A frame that cannot be decoded is skipped, counted and reported at most once a second.
 *
 * <p>{@link #accept(Frame)} belongs to one thread, which must not be AWT's event dispatch thread; everything else may
 * be called from any thread. A closed window leaves no thread behind that would keep the process alive, and never ends
 * it.
 */
public final class WindowSink implements FrameSink {

    private static final String NO_DISPLAY =
            "window: there is no display here (DISPLAY is not set or cannot be reached); use a picture sink such as"
                    + " 'shots/%06d.png', or run under a display";

    private final PictureCanvas canvas;
    private final UndecodableFrames undecodableFrames;
    // Written by the event dispatch thread and by close(), read by the thread that brings frames.
    private volatile boolean open = true;
    private volatile long skippedFrames;
    private volatile int copies;
    // On the event dispatch thread only; null if it could not be made.
    private PictureWindow window;

    private WindowSink(PictureCanvas canvas, Consumer<String> report) {
        this.canvas = canvas;
        this.undecodableFrames = new UndecodableFrames("window", report);
    }

    /**
     * Opens a window that reports to standard error.
     *
     * @param title the stream's name, for the title bar and for saved pictures.
     * @return the sink, its window on the screen.
     * @throws IOException if there is no display.
     */
    public static WindowSink open(String title) throws IOException {
        return open(title, System.err::println);
    }

    /**
     * Opens a window.
     *
     * @param title  the stream's name, for the title bar and for saved pictures.
     * @param report takes a line for the user (where a picture was saved, frames that were skipped); called on the
     *               event dispatch thread or on the one that brings frames.
     * @return the sink, its window on the screen.
     * @throws IOException if there is no display, or the calling thread was interrupted.
     */
    public static WindowSink open(String title, Consumer<String> report) throws IOException {
        JpegCodecs.preload();
        if (!isAvailable()) {
            throw new IOException(NO_DISPLAY);
        }
        WindowSink sink = new WindowSink(new PictureCanvas(), report);
        try {
            EventQueue.invokeAndWait(() -> sink.create(title, report));
        } catch (InvocationTargetException e) {
            sink.canvas.end();
            throw new IOException(
                    "window: it cannot be opened (" + e.getCause() + "); use a picture sink such as 'shots/%06d.png'",
                    e.getCause());
        } catch (InterruptedException e) {
            EventQueue.invokeLater(sink::dispose);
            Thread.currentThread().interrupt();
            throw new IOException("window: interrupted before it was open", e);
        }
        return sink;
    }

    /**
     * Whether a window can be opened here. The first call may connect to the display, later ones remember.
     *
     * @return false if there is no display or it cannot be reached.
     */
    public static boolean isAvailable() {
        return Display.AVAILABLE;
    }

    /**
     * Shows a frame. Does nothing once the window is closed.
     *
     * @param frame borrowed for the call.
     * @throws IOException if JPEG cannot be decoded on this machine, or the picture is larger than a Java image can be.
     */
    @Override
    public void accept(Frame frame) throws IOException {
        if (!open) {
            return;
        }
        try {
            if (canvas.show(frame)) {
                fitTo(frame.format().displayWidth(), frame.format().displayHeight());
            }
            copies = canvas.copies();
        } catch (JpegFormatException | ZstdFormatException e) {
            undecodableFrames.skipped(frame, e);
            skippedFrames = undecodableFrames.count();
        }
    }

    /**
     * Shows a line of text in the picture's place, such as {@code waiting for camera_A}, or over the last picture until
     * the next one comes.
     *
     * @param text one line; empty for none.
     */
    @Override
    public void showStatus(String text) {
        canvas.showStatus(text);
    }

    /**
     * Frames that could not be decoded.
     *
     * @return how many so far.
     */
    public long skippedFrames() {
        return skippedFrames;
    }

    /**
     * How often the bytes of the last frame were copied. Java paints only from memory of its own, which also serves
     * when the window is exposed.
     *
     * @return 0 for gray and BGRA32, converted on their way; 1 for the others, which native code converts first; more
     *     where that works in memory of its own.
     */
    @Override
    public int copies() {
        return copies;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /**
     * True: a person looks at it.
     *
     * @return true.
     */
    @Override
    public boolean isLive() {
        return true;
    }

    /** Closes the window and waits until it is gone, except when interrupted. Again does nothing. */
    @Override
    public void close() {
        open = false;
        if (EventQueue.isDispatchThread()) {
            dispose();
            return;
        }
        try {
            EventQueue.invokeAndWait(this::dispose);
        } catch (InterruptedException e) {
            // The event is in the queue all the same: the window goes, unwatched.
            Thread.currentThread().interrupt();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the window cannot be disposed of", e.getCause());
        }
    }

    private void create(String title, Consumer<String> report) {
        window = new PictureWindow(title, canvas, report, () -> open = false);
    }

    private void fitTo(int width, int height) {
        EventQueue.invokeLater(() -> window.fitTo(width, height));
    }

    private void dispose() {
        if (window != null) {
            window.dispose();
        }
    }

    /** Asked once: after a failed connection AWT's classes cannot be used again in a process. */
    private static final class Display {

        static final boolean AVAILABLE = isReachable();

        private static boolean isReachable() {
            if (GraphicsEnvironment.isHeadless()) {
                return false;
            }
            try {
                GraphicsEnvironment.getLocalGraphicsEnvironment().getDefaultScreenDevice();
                return true;
            } catch (HeadlessException | AWTError | LinkageError e) {
                // How Java says that the X server does not answer, or that it was installed without its window part.
                return false;
            }
        }
    }
}
