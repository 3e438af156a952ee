package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.VirtualDisplay;
import io.aeroframe.vision.OpenCv;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;

/** What a person sees on a screen. */
class WindowIT {

    private static final int RED = 0xff0000;
    private static final int GREEN = 0x00ff00;
    private static final int BLUE = 0x0000ff;
    private static final int YELLOW = 0xffff00;
    private static final int TOLERANCE = 12;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    private VirtualDisplay startDisplay() throws IOException {
        VirtualDisplay display = VirtualDisplay.start(directory);
        try {
            display.startWindowManager();
            return display;
        } catch (RuntimeException | Error | IOException ex) {
            display.close();
            throw ex;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Escape", "q", "close button"})
    void aViewShowsThePictureAndIsClosed(String how) throws Exception {
        try (VirtualDisplay display = startDisplay()) {
            AeroframeProcess publisher = publishChart(400, 240);
            sandbox.display(display.name());
            AeroframeProcess view = sandbox.start("view", "s");
            String window = display.awaitWindow("s");
            BufferedImage screen = display.awaitScreen( // the window has had another size while it waited
                    "the chart in its own size",
                    image -> chartBounds(image)
                            .filter(bounds -> Math.abs(bounds.width - 400) <= 2)
                            .isPresent(),
                    view);
            Rectangle bounds = chartBounds(screen).orElseThrow();
            assertEquals(240, bounds.height, 2, bounds::toString);
            expectQuarters(screen, bounds);
            String key = how.equals("close button") ? VirtualDisplay.CLOSE_BUTTON : how;
            display.press(window, key);
            while (!view.endsWithin(5_000) && display.isShown(window)) {
                display.run(
                        "xdotool", "key",
                        key); // the window manager had something else to do, and a person presses again
            }
            view.expectExit(0);
            assertTrue(view.errors().startsWith("received s:"), view::toString);
            publisher.interrupt();
            publisher.expectExit(130);
        }
    }

    @Test
    void aPictureLargerThanTheScreenIsScaledToFit() throws Exception {
        try (VirtualDisplay display = startDisplay()) {
            AeroframeProcess publisher = publishChart(3840, 2160);
            sandbox.display(display.name());
            AeroframeProcess view = sandbox.start("view", "s");
            BufferedImage screen = display.awaitScreen(
                    "the chart",
                    image -> chartBounds(image)
                            .filter(bounds -> bounds.width > 700)
                            .isPresent(),
                    view);
            Rectangle bounds = chartBounds(screen).orElseThrow();
            assertTrue(bounds.width <= VirtualDisplay.WIDTH, bounds::toString);
            assertEquals(16.0 / 9, bounds.getWidth() / bounds.getHeight(), 0.02, bounds::toString);
            expectQuarters(screen, bounds);
            view.interrupt();
            view.expectExit(130);
            publisher.interrupt();
            publisher.expectExit(130);
        }
    }

    @Test
    void aDemoShowsItsPattern() throws Exception {
        sandbox.workingDirectory(directory);
        try (VirtualDisplay display = startDisplay()) {
            sandbox.display(display.name());
            AeroframeProcess demo = sandbox.start("demo", "--seconds", "1h"); // until it has been looked at
            BufferedImage screen = display.awaitScreen(
                    "colour bars",
                    image -> count(image, 0xbfbf00) > 5_000
                            && count(image, 0x00bfbf) > 5_000
                            && count(image, 0xbf0000) > 5_000,
                    demo);
            display.awaitScreen("movement", image -> differs(screen, image), demo);
            demo.interrupt();
            demo.expectExit(130);
            assertTrue(Files.notExists(directory.resolve("aeroframe-demo.png")));
        }
    }

    @Test
    void aDemoWithoutADisplaySavesItsLastFrameAndSaysWhere() throws Exception {
        sandbox.workingDirectory(directory);
        AeroframeProcess demo = sandbox.start("demo", "--seconds", 5);
        demo.expectExit(0);
        Path picture = directory.resolve("aeroframe-demo.png");
        assertTrue(demo.errors().contains("there is no display here"), demo::toString);
        assertTrue(demo.errors().contains("the last frame is in " + picture.toRealPath()), demo::toString);
        assertTrue(demo.errors().contains("published demo-"), demo::toString);
        assertTrue(demo.errors().contains("received demo-"), demo::toString);
        BufferedImage image = ImageIO.read(picture.toFile());
        assertEquals(1_280, image.getWidth());
        assertEquals(720, image.getHeight());
        assertTrue(count(image, 0xbfbf00) > 5_000, "the yellow bar");
    }

    /** Quarters, as one reads: red, green, blue, yellow. */
    private AeroframeProcess publishChart(int width, int height) throws IOException {
        OpenCv.load();
        Mat chart = new Mat(height, width, CvType.CV_8UC3);
        int[] colors = {RED, GREEN, BLUE, YELLOW};
        for (int i = 0; i < colors.length; i++) {
            Rect quarter = new Rect(i % 2 * width / 2, i / 2 * height / 2, width / 2, height / 2);
            chart.submat(quarter).setTo(new Scalar(colors[i] & 0xff, colors[i] >> 8 & 0xff, colors[i] >> 16 & 0xff));
        }
        Path file = Pictures.write(directory.resolve("chart.png"), chart);
        return sandbox.start("publish", file, "s", "--loop", "--fps", 10);
    }

    /** The smallest rectangle around all that has a colour of the chart, if every one of them is to be seen. */
    private static Optional<Rectangle> chartBounds(BufferedImage screen) {
        Rectangle bounds = null;
        for (int color : new int[] {RED, GREEN, BLUE, YELLOW}) {
            if (count(screen, color) < 5_000) {
                return Optional.empty();
            }
        }
        for (int y = 0; y < screen.getHeight(); y++) {
            for (int x = 0; x < screen.getWidth(); x++) {
                int rgb = screen.getRGB(x, y);
                if (isNear(rgb, RED) || isNear(rgb, GREEN) || isNear(rgb, BLUE) || isNear(rgb, YELLOW)) {
                    Rectangle pixel = new Rectangle(x, y, 1, 1);
                    bounds = bounds == null ? pixel : bounds.union(pixel);
                }
            }
        }
        return Optional.ofNullable(bounds);
    }

    private static void expectQuarters(BufferedImage screen, Rectangle bounds) {
        int[] expected = {RED, GREEN, BLUE, YELLOW};
        for (int i = 0; i < expected.length; i++) {
            int x = bounds.x + bounds.width * (1 + 2 * (i % 2)) / 4;
            int y = bounds.y + bounds.height * (1 + 2 * (i / 2)) / 4;
            int actual = screen.getRGB(x, y);
            int quarter = i;
            assertTrue(isNear(actual, expected[i]), () -> "quarter " + quarter + ": " + Integer.toHexString(actual));
        }
    }

    private static int count(BufferedImage image, int color) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += isNear(image.getRGB(x, y), color) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isNear(int rgb, int color) {
        for (int shift = 0; shift <= 16; shift += 8) {
            if (Math.abs((rgb >> shift & 0xff) - (color >> shift & 0xff)) > TOLERANCE) {
                return false;
            }
        }
        return true;
    }

    private static boolean differs(BufferedImage first, BufferedImage second) {
        int different = 0;
        for (int y = 0; y < first.getHeight(); y++) {
            for (int x = 0; x < first.getWidth(); x++) {
                different += isNear(first.getRGB(x, y), second.getRGB(x, y)) ? 0 : 1;
            }
        }
        return different > 500;
    }
}
