package io.aeroframe.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that reads commands from its standard input and prints its answers, one a line. It is killed on close. Each
 * wait ends after {@link Await#PATIENCE_S} seconds and fails the test.
 */
public class ChildProcess implements AutoCloseable {

    private static final String GONE = "the process is gone";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** Starts the process. */
    public ChildProcess(ProcessBuilder builder) throws IOException {
        process = builder.start();
        Thread reader = new Thread(this::readLines, "child-process-" + process.pid());
        reader.setDaemon(true);
        reader.start();
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

    public final long pid() {
        return process.pid();
    }

    public final boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the process to end by itself. Returns false if it has not in time. */
    public final boolean awaitExit() throws InterruptedException {
        return process.waitFor(Await.PATIENCE_S, TimeUnit.SECONDS);
    }

    /** The status of a process that has ended; 128 plus the signal's number if a signal ended it. */
    public final int exitStatus() {
        return process.exitValue();
    }

    /** Waits for the next line and returns it; a description if there is none. */
    public final String nextLine() throws InterruptedException {
        String line = lines.poll(Await.PATIENCE_S, TimeUnit.SECONDS);
        return line == null ? "no line for " + Await.PATIENCE_S + " s" : line;
    }

    /** Waits for the next line that starts with a word, and returns the rest of the line. */
    public final String await(String word) throws InterruptedException {
        return await(word, Await.PATIENCE_S);
    }

    /** As {@link #await(String)}, but waits longer if the given number of seconds is larger than the usual limit. */
    public final String await(String word, int seconds) throws InterruptedException {
        int limit = Math.max(seconds, Await.PATIENCE_S);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limit);
        List<String> others = new ArrayList<>();
        while (true) {
            String line = lines.poll(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("timed out after " + limit + " s waiting for '" + word + "' from process "
                        + pid() + "; seen: " + others);
            }
            if (line.startsWith(GONE)) {
                lines.add(line);
                throw new AssertionError(
                        "waiting for '" + word + "' from process " + pid() + ": " + line + "; seen: " + others);
            }
            if (line.equals(word) || line.startsWith(word + " ")) {
                return line.substring(word.length()).trim();
            }
            others.add(line);
        }
    }

    /** The rest of the first unread line that starts with a word; null if there is none. The line stays unread. */
    public final String peek(String word) {
        for (String line : lines) {
            if (line.startsWith(word + " ")) {
                return line.substring(word.length()).trim();
            }
        }
        return null;
    }

    /** The lines that have not been read. */
    public final List<String> unreadLines() {
        return List.copyOf(lines);
    }

    /** Fails, with the unread lines, if the process has ended. */
    public final void assertAlive() {
        if (!isAlive()) {
            throw new AssertionError(
                    "process " + pid() + " ended with status " + exitStatus() + "; seen: " + unreadLines());
        }
    }

    /** Writes a line to the standard input of the process. */
    public final void send(String command) throws IOException {
        process.outputWriter().write(command + "\n");
        process.outputWriter().flush();
    }

    /** Ends the standard input of the process. */
    public final void closeInput() throws IOException {
        process.outputWriter().close();
    }

    /** Sends a signal, such as {@code STOP}. */
    public final void signal(String name) throws IOException {
        if (!Programs.succeeds("kill", "-" + name, Long.toString(pid()))) {
            throw new IOException("kill -" + name + " failed");
        }
    }

    /** Sends SIGKILL. Does not wait for the end. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
