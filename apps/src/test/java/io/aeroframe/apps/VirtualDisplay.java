package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.imageio.ImageIO;

/** A screen for the windows of other processes: Xvfb with a window manager, and eyes and hands to go with it. */
final class VirtualDisplay implements AutoCloseable {

    static final int WIDTH = 1_024;
    static final int HEIGHT = 768;

    private static final List<String> PROGRAMS = List.of("Xvfb", "xdotool", "import", "openbox", "xprop");

    private final Deque<Process> processes = new ArrayDeque<>();
    private final Path screenshot;
    private String name;

    /** Starts it; the directory takes screenshots. */
    VirtualDisplay(Path directory) throws IOException {
        for (String program : PROGRAMS) {
            assumeTrue(
                    Pictures.isInstalled(program),
                    program + " is not installed: apt-get install xvfb xdotool imagemagick openbox x11-utils");
        }
        screenshot = directory.resolve("screen.png");
        String screen = WIDTH + "x" + HEIGHT + "x24";
        Process server = new ProcessBuilder("Xvfb", "-displayfd", "1", "-screen", "0", screen, "-br", "-noreset")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.push(server);
        String number = server.inputReader(StandardCharsets.US_ASCII).readLine();
        if (number == null) {
            fail("Xvfb ended before it was ready");
        }
        name = ":" + number;
        processes.push(builder("openbox")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
        Await.until(
                "a window manager",
                () -> run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK").contains("window id"),
                () -> "");
        // The first key makes the server announce another keyboard, at which openbox is deaf until it has taken its
        // keys again.
        run("xdotool", "key", "shift");
    }

    String name() {
        return name;
    }

    /** Waits for the window with a title, and gives its number. */
    String awaitWindow(String title) {
        String[] found = {""};
        Await.until(
                "a window " + title,
                () -> {
                    found[0] = run("xdotool", "search", "--onlyvisible", "--name", "^" + title + "$")
                            .strip();
                    return !found[0].isEmpty();
                },
                () -> run("xdotool", "search", "--name", "."));
        return found[0].lines().reduce((first, last) -> last).orElseThrow();
    }

    /** Presses a key in a window that has been given the focus. */
    void press(String window, String key) {
        run("xdotool", "windowactivate", "--sync", window, "key", key);
    }

    /** What the close button of the title bar does: the window manager sends WM_DELETE_WINDOW. */
    void pressCloseButton(String window) {
        run("xdotool", "windowactivate", "--sync", window, "key", "alt+F4");
    }

    /** Takes screenshots until one is as it should be. */
    BufferedImage awaitScreen(String what, Predicate<BufferedImage> condition, Object state) {
        BufferedImage[] last = new BufferedImage[1];
        Await.until(
                what,
                () -> {
                    last[0] = takeScreenshot();
                    return condition.test(last[0]);
                },
                state::toString);
        return last[0];
    }

    private BufferedImage takeScreenshot() {
        run("import", "-silent", "-window", "root", "png24:" + screenshot);
        try {
            return ImageIO.read(screenshot.toFile());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("DISPLAY", name);
        return builder;
    }

    private String run(String... command) {
        try {
            Process process = builder(command).redirectErrorStream(true).start();
            try {
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(
                        process.waitFor(Await.PATIENCE_S, TimeUnit.SECONDS),
                        () -> String.join(" ", command) + " does not end");
                return output;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        while (!processes.isEmpty()) {
            Process process = processes.pop();
            process.destroy();
            process.onExit()
                    .orTimeout(5, TimeUnit.SECONDS)
                    .handle((ended, late) -> process.destroyForcibly())
                    .join();
        }
    }
}
