package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** An X server of the test's own, without a screen: Xvfb on a free display number, white where there is no window. */
final class VirtualDisplay implements AutoCloseable {

    static final int WIDTH = 1280;
    static final int HEIGHT = 720;

    private static final int PATIENCE_S = 120;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(PATIENCE_S);

    private final List<Process> processes = new ArrayList<>();
    private final Path directory;
    private String name;
    private boolean isManaged;

    private VirtualDisplay(Path directory) {
        this.directory = directory;
    }

    static VirtualDisplay start(Path directory) throws IOException {
        for (String tool : List.of("Xvfb", "xdotool", "import", "xwininfo")) {
            assumeTrue(
                    isOnThePath(tool), tool + " is not installed: apt-get install xvfb xdotool imagemagick x11-utils");
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

    static boolean isOnThePath(String tool) {
        for (String part : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(part, tool))) {
                return true;
            }
        }
        return false;
    }

    void startWindowManager() throws IOException {
        assumeTrue(isOnThePath("openbox"), "openbox is not installed: apt-get install openbox");
        assumeTrue(isOnThePath("xprop"), "xprop is not installed: apt-get install x11-utils");
        ProcessBuilder builder = new ProcessBuilder("openbox")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DISPLAY", name);
        processes.add(builder.start());
        await("openbox", () -> run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK").contains("window id"), () -> "");
        pressAnyKey();
        isManaged = true;
    }

    /**
     * The first key makes the server announce another keyboard, at which openbox is deaf until it has taken its keys
     * again.
     */
    private void pressAnyKey() {
        run("xdotool", "key", "shift");
    }

    String name() {
        return name;
    }

    /** Where there is a window manager it acts on the active window, which a window is a while after it can be seen. */
    void press(String key) {
        if (isManaged) {
            await(
                    "an active window",
                    () -> run("xdotool", "getactivewindow").strip().matches("[1-9]\\d*"),
                    () -> ", but\n" + run("xprop", "-root") + run("xwininfo", "-root", "-tree"));
        }
        run("xdotool", "key", key);
    }

    /** The X window of a title. */
    String window(String title) {
        String[] found = {""};
        await(
                "a window called " + title,
                () -> {
                    found[0] = run("xdotool", "search", "--onlyvisible", "--name", "^" + title + "$")
                            .strip();
                    return !found[0].isEmpty();
                },
                () -> ", but\n" + run("xwininfo", "-root", "-tree"));
        return found[0].lines().reduce((first, last) -> last).orElseThrow();
    }

    /** Takes screenshots until one is as wanted. */
    BufferedImage awaitScreen(String what, Predicate<BufferedImage> condition) {
        BufferedImage[] last = new BufferedImage[1];
        await(
                what,
                () -> {
                    last[0] = screenshot();
                    return condition.test(last[0]);
                },
                () -> ", but " + coloursOf(last[0]) + "; windows:\n" + run("xwininfo", "-root", "-tree"));
        return last[0];
    }

    /** Its most frequent colours, for a failed test. */
    private static String coloursOf(BufferedImage screen) {
        Map<Integer, Integer> count = new HashMap<>();
        for (int rgb : screen.getRGB(0, 0, screen.getWidth(), screen.getHeight(), null, 0, screen.getWidth())) {
            count.merge(rgb & 0xffffff, 1, Integer::sum);
        }
        return count.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .limit(5)
                .map(colour -> String.format("%06x %d times", colour.getKey(), colour.getValue()))
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

    /** A tool's output, whatever its exit status: some find nothing at first. */
    String run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("DISPLAY", name);
            Process process = builder.start();
            try {
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(process.waitFor(PATIENCE_S, TimeUnit.SECONDS), () -> String.join(" ", command) + " hangs");
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

    private static void await(String what, Condition condition, Supplier<String> seen) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.isMet()) {
            if (System.nanoTime() > deadline) {
                fail("timed out after " + PATIENCE_S + " s waiting for " + what + seen.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    interface Condition {
        boolean isMet();
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
