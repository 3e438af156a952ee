package io.aeroframe.driver;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.testing.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that joins a driver on command and leaves at the end of its input. It prints {@code ready}, then
 * {@code host DIR}, {@code attached DIR} or {@code refused REASON}, then {@code left}, a line each.
 */
final class JoiningProcess extends ChildProcess {

    private JoiningProcess(List<String> command) throws IOException {
        super(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    }

    static JoiningProcess start(Path baseDirectory, boolean isPrivate) throws IOException {
        return start(List.of(), baseDirectory, isPrivate);
    }

    /** Starts the process by another command, which runs the rest of its arguments. */
    static JoiningProcess start(List<String> prefix, Path baseDirectory, boolean isPrivate) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                ChildJvm.command(JoiningProcess.class, List.of("-XX:TieredStopAtLevel=1"), baseDirectory, isPrivate));
        return new JoiningProcess(command);
    }

    /** Waits for the next line. */
    String next() throws InterruptedException {
        return nextLine();
    }

    /** Has the process join. */
    void join() throws IOException {
        send("join");
    }

    /** Waits until the process is ready, has it join, and returns the result. */
    String joined() throws IOException, InterruptedException {
        String ready = next();
        if (!ready.equals("ready")) {
            return ready;
        }
        join();
        return next();
    }

    /** Has the process leave, and waits until it has. */
    String left() throws IOException, InterruptedException {
        closeInput();
        String line = next();
        awaitExit();
        return line;
    }

    /** Sends SIGKILL and waits for the end. */
    @Override
    public void kill() {
        close();
    }

    /** Sends SIGTERM and returns the exit status. */
    int terminate() throws IOException, InterruptedException {
        signal("TERM");
        awaitExit();
        return exitStatus();
    }

    /** Runs in the child. */
    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        if (orders.readLine() == null) {
            return;
        }
        try (FrameDriver driver = FrameDriver.join(
                new DriverContext().baseDirectory(Path.of(args[0])).privateDriver(Boolean.parseBoolean(args[1])))) {
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
