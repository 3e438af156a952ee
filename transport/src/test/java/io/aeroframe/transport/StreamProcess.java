package io.aeroframe.transport;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.testing.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;

/**
 * A process of its own that hosts the driver, publishes, or reads, and says what it does, a line each. It ends when its
 * standard input does, which the end of the test sees to.
 */
final class StreamProcess extends ChildProcess {

    /** Where Debian's libfaketime is, if it is installed. */
    static final Optional<Path> FAKE_TIME = Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
            .map(machine -> Path.of("/usr/lib", machine, "faketime", "libfaketimeMT.so.1"))
            .filter(Files::exists)
            .findFirst();

    private StreamProcess(ProcessBuilder builder) throws IOException {
        super(builder);
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
     * Publishes frames of {@link #FILL} that carry the run in their capture time. Says {@code offer NS} before the
     * first attempt, {@code first NS} at the first frame that has gone out, and at the end {@code published LEDGER}.
     *
     * @param fps    0 for as fast as it can; then it begins to count on command.
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
     * Keeps so many frames, and goes on reading. Says {@code holding}; when it goes on after it was
     * stopped, {@code thrown TYPE} for what it gets; when it reads again, {@code again FRAMES}.
     */
    static StreamProcess holder(Path base, int frames) throws IOException {
        return start(base, "holder", frames);
    }

    /**
     * The processes that are started with it live in a time of their own: the time of day is shifted as the file says,
     * in seconds, from the moment that it says so.
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
        List<String> options = new ArrayList<>(List.of("-Xmx128m"));
        if (!arguments[0].equals("publisher") && !arguments[0].equals("verifier")) {
            options.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(ChildJvm.command(StreamChild.class, options, base));
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
        return new StreamProcess(builder);
    }

    /** Memory that is its own and in use, in bytes, as Linux reports it. */
    long ownMemory() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Files, sockets and pipes that it has open, as Linux reports it. */
    List<String> openFiles() {
        List<String> targets = new ArrayList<>();
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
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

    /** Bytes of files in memory that it has mapped, as Linux reports it. */
    long mappedBytes() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "maps"))) {
            return lines.filter(line -> line.contains("/dev/shm/"))
                    .map(line -> line.substring(0, line.indexOf(' ')).split("-"))
                    .mapToLong(range -> Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16))
                    .sum();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close() {
        super.close();
        removeFakeTime();
    }

    /** What the library that shifts the time of day leaves behind of a process that is killed. */
    private void removeFakeTime() {
        try {
            Files.deleteIfExists(Path.of("/dev/shm/faketime_shm_" + pid()));
            Files.deleteIfExists(Path.of("/dev/shm/sem.faketime_sem_" + pid()));
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
