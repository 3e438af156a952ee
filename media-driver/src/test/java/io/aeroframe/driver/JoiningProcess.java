package io.aeroframe.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process that joins a driver and leaves it on command, and prints what it does,
 * a line each: {@code ready}, then {@code host DIR}, {@code attached DIR} or {@code refused REASON}, then {@code left}.
 */
final class JoiningProcess implements AutoCloseable {

    private static final String GONE = "the process is gone";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private JoiningProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readLines, "joining-process-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static JoiningProcess start(Path baseDirectory, boolean isPrivate) throws IOException {
        return start(List.of(), baseDirectory, isPrivate);
    }

    /** Starts it by another command, which runs the rest of its arguments. */
    static JoiningProcess start(List<String> prefix, Path baseDirectory, boolean isPrivate) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                JoiningProcess.class.getName(),
                baseDirectory.toString(),
                Boolean.toString(isPrivate)));
        return new JoiningProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private void readLines() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
            lines.add(GONE);
        } catch (IOException ex) {
            lines.add(GONE + ": " + ex.getMessage());
        }
    }

    /** Waits until the process says the next thing. */
    String next() throws InterruptedException {
        String line = lines.poll(30, TimeUnit.SECONDS);
        return line == null ? "said nothing for 30 s" : line;
    }

    /** Makes the process join. */
    void join() throws IOException {
        process.outputWriter().write("join\n");
        process.outputWriter().flush();
    }

    /** Waits until the process is ready, makes it join, and waits for the outcome. */
    String joined() throws IOException, InterruptedException {
        String ready = next();
        if (!ready.equals("ready")) {
            return ready;
        }
        join();
        return next();
    }

    /** Makes the process leave, and waits until it has. */
    String left() throws IOException, InterruptedException {
        process.outputWriter().close();
        String line = next();
        process.waitFor(30, TimeUnit.SECONDS);
        return line;
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM. */
    int terminate() throws InterruptedException {
        process.destroy();
        process.waitFor(30, TimeUnit.SECONDS);
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }

    /** The process's own side. */
    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        if (orders.readLine() == null) {
            return;
        }
        try (FrameDriver driver = FrameDriver.join(new FrameDriver.Context()
                .baseDirectory(Path.of(args[0]))
                .privateDriver(Boolean.parseBoolean(args[1])))) {
            System.out.println((driver.isOwner() ? "host " : "attached ") + driver.aeronDirectoryName());
            while (orders.readLine() != null) {
                continue;
            }
        } catch (FrameDriverException ex) {
            System.out.println("refused " + ex.getMessage());
            return;
        }
        System.out.println("left");
    }
}
