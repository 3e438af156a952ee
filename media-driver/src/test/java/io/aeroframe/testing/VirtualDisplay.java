package io.aeroframe.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** Xvfb, an X server without a screen, on a free display number. Its background is white. */
public final class VirtualDisplay implements AutoCloseable {

    public static final int WIDTH = 1280;
    public static final int HEIGHT = 720;

    /** The window manager's key for the button in the title bar: it sends WM_DELETE_WINDOW. */
    public static final String CLOSE_BUTTON = "alt+F4";

    private final List<Process> processes = new ArrayList<>();
    private final Path directory;
    private String name;
    private boolean isManaged;

    private VirtualDisplay(Path directory) {
        this.directory = directory;
    }

    /** Starts the server. Screenshots go to the directory. Skips the test if a program is missing. */
    public static VirtualDisplay start(Path directory) throws IOException {
        for (String tool : List.of("Xvfb", "xdotool", "import", "xwininfo")) {
            assumeTrue(
                    Programs.isInstalled(tool),
                    tool + " is not installed: apt-get install xvfb xdotool imagemagick x11-utils");
        }
        VirtualDisplay display = new VirtualDisplay(directory);
        String screen = WIDTH + "x" + HEIGHT + "x24";
        Process server = new ProcessBuilder("Xvfb", "-displayfd", "1", "-screen", "0", screen, "-wr", "-noreset")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        display.processes.add(server);
        BufferedReader reader = server.inputReader(StandardCharsets.US_ASCII);
        String number = reader.readLine();
        if (number == null) {
            display.close();
            fail("Xvfb ended before it was ready");
        }
        display.name = ":" + number;
        return display;
    }

    public void startWindowManager() throws IOException {
        assumeTrue(Programs.isInstalled("openbox"), "openbox is not installed: apt-get install openbox");
        assumeTrue(Programs.isInstalled("xprop"), "xprop is not installed: apt-get install x11-utils");
        ProcessBuilder builder = new ProcessBuilder("openbox")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DISPLAY", name);
        processes.add(builder.start());
        Await.until("openbox", () -> run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
                .contains("window id"));
        // At the first key the server announces another keyboard, and openbox misses keys until it has grabbed them
        // again.
        run("xdotool", "key", "shift");
        isManaged = true;
    }

    /** The value of {@code DISPLAY} for processes that use the display. */
    public String name() {
        return name;
    }

    /** Presses a key. With a window manager, first waits for an active window: one becomes active after it is seen. */
    public void press(String key) {
        if (isManaged) {
            Await.until(
                    "an active window",
                    () -> run("xdotool", "getactivewindow").strip().matches("[1-9]\\d*"),
                    () -> run("xprop", "-root") + run("xwininfo", "-root", "-tree"));
        }
        run("xdotool", "key", key);
    }

    /** Presses a key in a window, which the window manager activates first. */
    public void press(String window, String key) {
        run("xdotool", "windowactivate", "--sync", window, "key", key);
    }

    /** Whether a window is on the screen. */
    public boolean isShown(String window) {
        return run("xwininfo", "-id", window).contains("IsViewable");
    }

    /** Waits for a window with a title, and returns its X window id. */
    public String awaitWindow(String title) {
        String[] found = {""};
        Await.until(
                "a window called " + title,
                () -> {
                    found[0] = run("xdotool", "search", "--onlyvisible", "--name", "^" + title + "$")
                            .strip();
                    return !found[0].isEmpty();
                },
                () -> run("xwininfo", "-root", "-tree"));
        return found[0].lines().reduce((first, last) -> last).orElseThrow();
    }

    /** Takes screenshots until one meets the condition. */
    public BufferedImage awaitScreen(String what, Predicate<BufferedImage> condition) {
        return awaitScreen(what, condition, "");
    }

    /**
     * Takes screenshots until one meets the condition.
     *
     * @param what      the noun phrase for the failure message: "timed out waiting for ...".
     * @param condition the condition.
     * @param state     the object that a failure message ends with, such as the process that draws.
     * @return the screenshot that meets the condition.
     */
    public BufferedImage awaitScreen(String what, Predicate<BufferedImage> condition, Object state) {
        BufferedImage[] last = new BufferedImage[1];
        Await.until(
                what,
                () -> {
                    last[0] = screenshot();
                    return condition.test(last[0]);
                },
                () -> colorsOf(last[0]) + "; windows:\n" + run("xwininfo", "-root", "-tree") + state);
        return last[0];
    }

    /** The most frequent colors, for a failure message. */
    private static String colorsOf(BufferedImage screen) {
        Map<Integer, Integer> count = new HashMap<>();
        for (int rgb : screen.getRGB(0, 0, screen.getWidth(), screen.getHeight(), null, 0, screen.getWidth())) {
            count.merge(rgb & 0xffffff, 1, Integer::sum);
        }
        return count.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .limit(5)
                .map(color -> String.format("%06x %d times", color.getKey(), color.getValue()))
                .collect(Collectors.joining(", "));
    }

    private BufferedImage screenshot() {
        Path file = directory.resolve("screen.png");
        run("import", "-silent", "-window", "root", "png24:" + file);
        try {
            return ImageIO.read(file.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a program on the display and returns its output, whatever its exit status. */
    public String run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("DISPLAY", name);
            Process process = builder.start();
            try {
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(
                        process.waitFor(Await.PATIENCE_S, TimeUnit.SECONDS),
                        () -> String.join(" ", command) + " does not end");
                return output;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (int i = processes.size() - 1; i >= 0; i--) {
            Process process = processes.get(i);
            process.destroy();
            ChildJvm.endWithin(process, 5);
        }
    }
}
