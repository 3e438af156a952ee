package io.aeroframe.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;

/**
 * A process of its own that hosts the driver, publishes, or reads, and says what it does, a line each. It ends when its standard input
 * does, which the end of the test sees to.
 */
final class StreamProcess implements AutoCloseable {

    /** Where Debian's libfaketime is, if it is installed. */
    static final Optional<Path> FAKE_TIME = Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
            .map(machine -> Path.of("/usr/lib", machine, "faketime", "libfaketimeMT.so.1"))
            .filter(Files::exists)
            .findFirst();

    private static final String GONE = "the process is gone";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private StreamProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readLines, "stream-process-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Hosts the driver, or stands by to. Says {@code ready}, and {@code hosting} when it does. */
    static StreamProcess driver(Path base) throws IOException {
        return start(base, "driver");
    }

    /** Hosts the driver in a network namespace of its own, as another container would. */
    static StreamProcess driverInAnotherNetwork(Path base) throws IOException {
        return start(List.of("unshare", "--net"), base, "driver");
    }

    /**
     * Publishes frames of {@link #FILL} that carry the run in their capture time. Says {@code offer NS} before the first attempt, {@code first NS} at
     * the first frame that has gone out, and at the end {@code published LEDGER}.
     *
     * @param fps    0 for as fast as it can; then it begins to count when it is told to.
     * @param frames to send.
     */
    static StreamProcess publisher(Path base, FrameFormat format, int slots, int fps, int frames, int run)
            throws IOException {
        return publisher(base, FrameChannel.IPC, format, slots, fps, frames, run);
    }

    /** The same on another channel. */
    static StreamProcess publisher(
            Path base, FrameChannel channel, FrameFormat format, int slots, int fps, int frames, int run)
            throws IOException {
        return start(base, "publisher", format.width(), format.height(), slots, fps, frames, run, channel.uri());
    }

    /** Verifies frames until the stream ends. Says {@code seen}, and at the end {@code verified ...}. */
    static StreamProcess verifier(Path base, int seed) throws IOException {
        return start(base, "verifier", seed);
    }

    /** Reads. Says {@code seen}, and {@code again NS} at the first frame after half a second without one. */
    static StreamProcess reader(Path base) throws IOException {
        return start(base, "reader");
    }

    /**
     * Keeps so many frames, and goes on reading. Says {@code holding}; when it has been stopped and goes on, what it is told; when it
     * reads again, {@code again FRAMES}.
     */
    static StreamProcess holder(Path base, int frames) throws IOException {
        return start(base, "holder", frames);
    }

    /**
     * The processes that are started with it live in a time of their own: the time of day is shifted as the file says, in seconds, from the moment that
     * it says so.
     */
    static void shiftTimeOfDay(Path file) {
        timeOfDay = file;
    }

    private static Path timeOfDay;

    private static StreamProcess start(Path base, Object... arguments) throws IOException {
        return start(List.of(), base, arguments);
    }

    private static StreamProcess start(List<String> prefix, Path base, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx128m"));
        if (!arguments[0].equals("publisher") && !arguments[0].equals("verifier")) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                StreamChild.class.getName(),
                base.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        if (timeOfDay != null) {
            builder.environment()
                    .putAll(Map.of(
                            "LD_PRELOAD",
                            FAKE_TIME.orElseThrow().toString(),
                            "FAKETIME_TIMESTAMP_FILE",
                            timeOfDay.toString(),
                            "FAKETIME_NO_CACHE",
                            "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC",
                            "1",
                            "FAKETIME_FORCE_MONOTONIC_FIX",
                            "0"));
        }
        return start(builder);
    }

    /** Any program that speaks, and is spoken to, line by line. */
    static StreamProcess start(ProcessBuilder builder) throws IOException {
        return new StreamProcess(builder.start());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for it to end by itself. Returns false if it has not after {@link LiveHost#DEADLINE_S}. */
    boolean awaitExit() throws InterruptedException {
        return process.waitFor(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
    }

    /** Of one that has ended; 128 and the number of the signal for one that was killed. */
    int exitStatus() {
        return process.exitValue();
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

    /** What follows a word in the next line that begins with it. */
    String await(String word) throws InterruptedException {
        return await(word, LiveHost.DEADLINE_S);
    }

    /** The same for what may take longer than anything else: waits for so many seconds, if that is more than {@link LiveHost#DEADLINE_S}. */
    String await(String word, int seconds) throws InterruptedException {
        int limit = Math.max(seconds, LiveHost.DEADLINE_S);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limit);
        List<String> others = new ArrayList<>();
        while (true) {
            String line = lines.poll(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("timed out after " + limit + " s waiting for '" + word + "' from process "
                        + process.pid() + "; seen: " + others);
            }
            if (line.startsWith(GONE)) {
                lines.add(line);
                throw new AssertionError(
                        "waiting for '" + word + "' from process " + process.pid() + ": " + line + "; seen: " + others);
            }
            if (line.equals(word) || line.startsWith(word + " ")) {
                return line.substring(word.length()).trim();
            }
            others.add(line);
        }
    }

    /** The next line that begins with a word, if it has been said; else null. */
    String poll(String word) {
        for (String line : lines) {
            if (line.startsWith(word + " ")) {
                return line.substring(word.length()).trim();
            }
        }
        return null;
    }

    /** What has been said and not been awaited. */
    List<String> said() {
        return List.copyOf(lines);
    }

    /** Fails, with what it has said, if it has ended. */
    void assertAlive() {
        if (!process.isAlive()) {
            throw new AssertionError(
                    "process " + process.pid() + " has ended with status " + process.exitValue() + "; seen: " + said());
        }
    }

    void tell(String order) throws IOException {
        process.outputWriter().write(order + "\n");
        process.outputWriter().flush();
    }

    /** Sends a signal, such as {@code STOP}. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }

    /** Memory that is its own and in use, in bytes, as Linux tells. */
    long ownMemory() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Files, sockets and pipes that it has open, as Linux tells. */
    List<String> openFiles() {
        List<String> targets = new ArrayList<>();
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException ex) {
                    continue; // closed in the meantime
                }
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return targets;
    }

    /** Bytes of files in memory that it has mapped, as Linux tells. */
    long mappedBytes() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "maps"))) {
            return lines.filter(line -> line.contains("/dev/shm/"))
                    .map(line -> line.substring(0, line.indexOf(' ')).split("-"))
                    .mapToLong(range -> Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16))
                    .sum();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** SIGKILL. Does not wait for the end. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        removeFakeTime();
    }

    /** What the library that shifts the time of day leaves behind of a process that is killed. */
    private void removeFakeTime() {
        try {
            Files.deleteIfExists(Path.of("/dev/shm/faketime_shm_" + process.pid()));
            Files.deleteIfExists(Path.of("/dev/shm/sem.faketime_sem_" + process.pid()));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    // ---- what the frames are filled with

    /** Of a frame's run and sequence. */
    static long seed(long run, long sequence) {
        return run * 1_000_003 + sequence;
    }

    /** One that was taken back while it was looked at, because this process was stopped, may be any. */
    static void assertWhole(Frame frame) {
        try {
            assertWhole(frame, frame.payload());
        } catch (AssertionError torn) {
            if (!frame.isRevoked()) {
                throw torn;
            }
        }
    }

    private static void assertWhole(Frame frame, DirectBuffer payload) {
        Pattern.assertIn(payload, frame.payloadLength(), seed(frame.captureTimeNs(), frame.sequence()));
    }
}
