package io.aeroframe.vision.sink;

import static io.aeroframe.testing.VirtualDisplay.HEIGHT;
import static io.aeroframe.testing.VirtualDisplay.WIDTH;
import static io.aeroframe.vision.sink.WindowProcess.TITLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.VirtualDisplay;
import io.aeroframe.transport.PixelFormat;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user sees and does, on a display of the test's own, mostly without a window manager. */
class WindowSinkTest {

    private static final int TOLERANCE = 6;
    private static final int ROUNDS = Boolean.getBoolean("stress") ? 20 : 2;

    @TempDir
    private Path directory;

    private VirtualDisplay display;

    @BeforeEach
    void startDisplay() throws IOException {
        display = VirtualDisplay.start(directory);
    }

    @AfterEach
    void endDisplay() {
        if (display != null) {
            display.close();
        }
    }

    @Test
    void showsEveryPixelFormatInItsColours() throws Exception {
        try (WindowProcess window = open()) {
            for (PixelFormat pixels : PixelFormat.values()) {
                boolean gray = pixels == PixelFormat.GRAY8 || pixels == PixelFormat.GRAY16;
                // The other kind in between, so that the picture before is not taken for this one.
                window.run("show " + (gray ? "BGR24" : "GRAY8") + " 640 480");
                display.awaitScreen("the other kind than " + pixels, chartIn(centred(640, 480), !gray));
                window.run("show " + pixels + " 640 480");
                display.awaitScreen(pixels.toString(), chartIn(centred(640, 480), gray));
            }
            window.run("show GRAY8 640 480");
            window.run("show JPEG 640 480");
            display.awaitScreen("JPEG", chartIn(centred(640, 480), false));
            window.run("close");
            window.expectEnd();
        }
    }

    @Test
    void letterboxesAPictureOfAnotherAspect() throws Exception {
        try (WindowProcess window = open()) {
            window.run("show BGR24 640 480");
            display.awaitScreen("the first", chartIn(centred(640, 480), false));

            window.run("show BGR24 1600 400");

            BufferedImage screen = display.awaitScreen("the wide one", chartIn(centred(640, 160), false));
            Rectangle inside = centred(640, 480);
            assertEquals(0xff000000, screen.getRGB(inside.x + 1, inside.y + 1));
            assertEquals(0xff000000, screen.getRGB(inside.x + 638, inside.y + 478));
            assertEquals(0xffffffff, screen.getRGB(inside.x - 2, inside.y + 240), "the root beside the window");
        }
    }

    @Test
    void showsAndSavesSquarePixels() throws Exception {
        try (WindowProcess window = open()) {
            window.run("show BGR24 360 288 64 45");
            display.awaitScreen("the wide picture", chartIn(centred(512, 288), false));
            display.press("s");
            String answer = window.nextAnswer();
            BufferedImage saved = ImageIO.read(new File(answer.substring(answer.indexOf('/'))));
            assertEquals(512, saved.getWidth());
            assertEquals(288, saved.getHeight());
            assertEquals(0xff0000ff, saved.getRGB(10, 280));

            window.run("show JPEG 512 288 1 2");
            display.awaitScreen("the narrow picture", chartIn(centred(256, 288), false));
        }
    }

    @Test
    void keepsAStillPictureWhenResizedAndWhenShownAgain() throws Exception {
        try (WindowProcess window = open()) {
            window.run("show JPEG 640 480");
            display.awaitScreen("the first", chartIn(centred(640, 480), false));
            String id = display.awaitWindow(TITLE);

            display.run("xdotool", "windowmove", id, "10", "20", "windowsize", id, "900", "300");
            Rectangle resized = new Rectangle(10 + 250, 20, 400, 300);
            display.awaitScreen("the picture in the resized window", chartIn(resized, false));

            display.run("xdotool", "windowunmap", id);
            display.awaitScreen("no window", screen -> (screen.getRGB(300, 40) & 0xffffff) == 0xffffff);
            display.run("xdotool", "windowmap", id);
            display.awaitScreen("the picture again", chartIn(resized, false));
        }
    }

    @Test
    void showsAStatusWhileThereIsNoPictureAndOverTheLastOne() throws Exception {
        try (WindowProcess window = open()) {
            Rectangle inside = centred(640, 360);
            display.awaitScreen("an empty window", screen -> brightPixels(screen, inside) == 0);

            window.run("status waiting for camera_A");
            display.awaitScreen("the text", screen -> brightPixels(screen, inside) > 200);

            window.run("show BGR24 640 360");
            display.awaitScreen("the picture", chartIn(inside, false));
            Rectangle foot = new Rectangle(inside.x, inside.y + inside.height - 30, inside.width, 30);
            display.awaitScreen("the picture alone", chartIn(inside, false));
            int[] before = new int[1];
            display.awaitScreen("its foot", screen -> (before[0] = brightPixels(screen, foot)) > 0);
            window.run("status camera_A stopped 3 s ago");
            display.awaitScreen("the text over a darker foot", screen -> brightPixels(screen, foot) < before[0] / 2);
            window.run("show BGR24 640 360");
            display.awaitScreen("the picture without the text", chartIn(inside, false));
        }
    }

    @Test
    void reducesALargePictureToTheScreen() throws Exception {
        try (WindowProcess window = open()) {
            window.run("show I420 3840 2160");

            display.awaitScreen("the picture", chartIn(centred(WIDTH * 9 / 10, HEIGHT * 9 / 10), false));
        }
    }

    @Test
    void showsEveryPixelOnAScreenWithSmallOnes() throws Exception {
        try (WindowProcess window = WindowProcess.start(display.name(), directory, 2)) {
            window.expect("open");
            window.run("board 640 480");
            Rectangle inside = centred(640, 480);
            display.awaitScreen("single pixels", screen -> {
                for (int y = inside.y + 10; y < inside.y + 470; y++) {
                    for (int x = inside.x + 10; x < inside.x + 630; x++) {
                        boolean isSame = screen.getRGB(x, y) == screen.getRGB(x + 1, y);
                        if (isSame || screen.getRGB(x, y) == screen.getRGB(x, y + 1)) {
                            return false;
                        }
                    }
                }
                return true;
            });
        }
    }

    @Test
    void paintsFineDetailAsItsMeanWhereItIsReduced() throws Exception {
        try (WindowProcess window = open()) {
            window.run("show BGR24 320 240");
            display.awaitScreen("the first", chartIn(centred(320, 240), false));
            window.run("board 1460 1094");
            Rectangle inside = centred(320, 240);
            display.awaitScreen("an even gray", screen -> {
                for (int y = inside.y + 5; y < inside.y + 235; y++) {
                    for (int x = inside.x + 5; x < inside.x + 315; x++) {
                        if (Math.abs((screen.getRGB(x, y) & 0xff) - 128) > 16) {
                            return false;
                        }
                    }
                }
                return true;
            });
        }
    }

    @Test
    void enlargesATinyPicture() throws Exception {
        try (WindowProcess window = open()) {
            window.run("show GRAY8 32 24");

            display.awaitScreen("the picture", chartIn(centred(320, 240), true));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Escape", "q"})
    void closesAtAKey(String key) throws Exception {
        try (WindowProcess window = open()) {
            window.run("show BGR24 640 480");
            display.awaitScreen("the picture", chartIn(centred(640, 480), false));
            window.send("await-closed");

            display.press(key);

            window.expect("done await-closed");
            window.expectEnd();
        }
    }

    @Test
    void closesAtTheCloseButton() throws Exception {
        display.startWindowManager();
        try (WindowProcess window = open()) {
            window.run("show BGR24 640 480");
            display.awaitScreen("the picture", WindowSinkTest::hasRed);
            window.send("await-closed");

            display.press(VirtualDisplay.CLOSE_BUTTON);

            window.expect("done await-closed");
            window.expectEnd();
        }
    }

    @Test
    void savesThePictureAtS() throws Exception {
        try (WindowProcess window = open()) {
            window.run("status nothing yet");
            display.awaitScreen("the window", screen -> brightPixels(screen, centred(640, 360)) > 0);
            display.press("s");
            window.expect("window: there is no picture to save yet");
            window.run("show BGR24 640 480");
            window.run("show BGR24 64 48");

            display.press("s");

            String answer = window.nextAnswer();
            Path file = directory.toRealPath().resolve("aeroframe-camera_A-1.png");
            assertEquals("window: saved " + file, answer);
            BufferedImage picture = ImageIO.read(file.toFile());
            assertEquals(64, picture.getWidth());
            assertEquals(0xffff0000, picture.getRGB(0, 0));
            assertEquals(0xff0000ff, picture.getRGB(0, 47));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void togglesFullScreenAtF(boolean managed) throws Exception {
        if (managed) {
            display.startWindowManager();
        }
        try (WindowProcess window = open()) {
            window.run("show BGR24 640 360");
            display.awaitScreen("the picture", WindowSinkTest::hasRed);

            display.press("f");
            display.awaitScreen("full screen", chartIn(new Rectangle(0, 0, WIDTH, HEIGHT), false));
            window.run("show GRAY8 640 360");
            display.awaitScreen("the next frame", chartIn(new Rectangle(0, 0, WIDTH, HEIGHT), true));
            display.press("f");
            window.run("show BGR24 640 360");
            display.awaitScreen("a window again", screen -> hasRed(screen) && !isRed(screen.getRGB(3, 3)));

            display.press("f");
            display.awaitScreen("full screen again", chartIn(new Rectangle(0, 0, WIDTH, HEIGHT), false));
            window.send("await-closed");
            display.press("Escape");
            window.expect("done await-closed");
            window.expectEnd();
        }
    }

    @Test
    void skipsABadJpegAndSaysSoOnce() throws Exception {
        try (WindowProcess window = open()) {
            window.run("show JPEG 640 480");
            window.send("bad");
            String report = window.nextAnswer();
            assertTrue(report.startsWith("window: frame 1 is skipped ("), report);
            window.expect("done bad");
            window.run("bad");

            display.awaitScreen("the picture before", chartIn(centred(640, 480), false));
        }
    }

    @Test
    void survivesMinimisingFullScreenAndClosingWhileFramesStream() throws Exception {
        display.startWindowManager();
        try (WindowProcess window = open()) {
            window.send("stream-until-closed");
            display.awaitScreen("the stream", WindowSinkTest::hasRed);
            String id = display.awaitWindow(TITLE);
            for (int i = 0; i < ROUNDS; i++) {
                display.run("xdotool", "windowminimize", id);
                display.awaitScreen("no window", screen -> !hasRed(screen));
                display.run("xdotool", "windowactivate", id);
                display.awaitScreen("the window", screen -> hasRed(screen) && !isFullScreen(screen));
                display.run("xdotool", "windowsize", id, String.valueOf(300 + 100 * (i % 5)), "400");
                display.press("f");
                display.awaitScreen("full screen", screen -> hasRed(screen) && isFullScreen(screen));
                display.press("f");
                display.awaitScreen("the window again", screen -> hasRed(screen) && !isFullScreen(screen));
            }

            display.press("Escape");

            window.expect("done stream-until-closed");
            window.expectEnd();
        }
    }

    @Test
    void saysThatTheDisplayCannotBeReached() throws Exception {
        try (WindowProcess window = WindowProcess.start(":54321", directory)) {
            window.expect(
                    "window: there is no display here (DISPLAY is not set or cannot be reached); use a picture sink"
                            + " such as 'shots/%06d.png', or run under a display");
            window.expect("false");
            window.expectEnd();
        }
    }

    private WindowProcess open() throws IOException, InterruptedException {
        WindowProcess window = WindowProcess.start(display.name(), directory);
        window.expect("open");
        return window;
    }

    private static Rectangle centred(int width, int height) {
        return new Rectangle((WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
    }

    /** Whether the screen has the colour chart in a place: its colours in the quarters and right up to the edges. */
    private static Predicate<BufferedImage> chartIn(Rectangle place, boolean gray) {
        return screen -> {
            for (int corner = 0; corner < 4; corner++) {
                int right = corner % 2;
                int below = corner / 2;
                int rgb = TestPicture.rgbAt(2, 2, right, below);
                int expected = gray ? TestPicture.grayOf(rgb) * 0x010101 : rgb;
                int x = right == 0 ? place.x + 1 : place.x + place.width - 2;
                int y = below == 0 ? place.y + 1 : place.y + place.height - 2;
                if (!isNear(expected, screen.getRGB(x, y))
                        || !isNear(
                                expected,
                                screen.getRGB(
                                        place.x + place.width * (1 + 2 * right) / 4,
                                        place.y + place.height * (1 + 2 * below) / 4))) {
                    return false;
                }
            }
            // Outside, at the left of red, there is none of it: the place is not larger than said.
            int outside = place.x - 2;
            return outside < 0 || !isRed(screen.getRGB(outside, place.y + place.height / 4));
        };
    }

    private static boolean isNear(int expected, int actual) {
        for (int shift = 0; shift < 24; shift += 8) {
            if (Math.abs((expected >> shift & 255) - (actual >> shift & 255)) > TOLERANCE) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasRed(BufferedImage screen) {
        for (int y = 0; y < screen.getHeight(); y += 8) {
            for (int x = 0; x < screen.getWidth(); x += 8) {
                if (isRed(screen.getRGB(x, y))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Black at the sides, where else the root is white. */
    private static boolean isFullScreen(BufferedImage screen) {
        return screen.getRGB(2, HEIGHT - 2) == 0xff000000 && screen.getRGB(WIDTH - 2, HEIGHT - 2) == 0xff000000;
    }

    private static boolean isRed(int rgb) {
        return isNear(0xff0000, rgb);
    }

    private static int brightPixels(BufferedImage screen, Rectangle place) {
        int count = 0;
        for (int y = place.y; y < place.y + place.height; y++) {
            for (int x = place.x; x < place.x + place.width; x++) {
                if ((screen.getRGB(x, y) & 0xff) > 0x80) {
                    count++;
                }
            }
        }
        return count;
    }
}
