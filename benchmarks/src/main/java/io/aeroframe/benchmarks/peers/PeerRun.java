package io.aeroframe.benchmarks.peers;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.ChildProcess;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.measurement.Role;
import io.aeroframe.benchmarks.messages.MessageTransport;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.pictures.Picture;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.benchmarks.pictures.PictureFile;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.IoUtil;

/**
 * Runs peers on one measurement's driver, each in a directory of its own that is removed afterwards. For one thread.
 */
final class PeerRun {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** Where iceoryx makes its sockets and lock files. */
    private static final Path SOCKETS = Path.of("/tmp");

    private static final long MKFIFO_TIMEOUT_S = 10;

    private final Measurement measurement;
    private final Plan plan;
    private final Python python;
    private final Compiler compiler;
    private final Map<String, List<String>> more;
    private final ByteBuffer picture;
    private int run;

    /**
     * Prepares the picture.
     *
     * @param plan   the plan of all peers, except for the path and channel of each
     * @param python the interpreters of this machine
     * @param more   further arguments of the programs in other languages, by role
     */
    PeerRun(Measurement measurement, Plan plan, Python python, Map<String, List<String>> more) {
        this.measurement = measurement;
        this.plan = plan;
        this.python = python;
        this.more = more;
        compiler = new Compiler(measurement.directory().resolve("native"));
        FrameFormat raw = FrameFormat.bgr24(plan.size().width(), plan.size().height());
        picture = plan.encoding() == FrameEncoding.JPEG
                ? Picture.pixels(raw)
                : Picture.of(raw).byteBuffer().duplicate();
    }

    /**
     * Runs a peer once.
     *
     * @throws BenchException       if the run fails, with the last line that one of its processes wrote to standard
     * error
     * @throws InterruptedException if the command is interrupted
     */
    Figures of(Peer peer) throws InterruptedException {
        Path directory = measurement.directory().resolve("peer-" + ++run);
        String name = "aeroframe-bench-" + ProcessHandle.current().pid() + "-" + run;
        try {
            Files.createDirectory(directory);
            PictureFile.write(directory, picture);
            return run(peer, directory, name);
        } catch (IOException ex) {
            throw new BenchException(directory + ": " + ex, ex);
        } catch (BenchException ex) {
            throw new BenchException(
                    ex.getMessage()
                            + lastErrorLine(directory).map(line -> ": " + line).orElse(""),
                    ex);
        } finally {
            IoUtil.delete(directory.toFile(), true);
            deleteLeftovers(name);
        }
    }

    private Figures run(Peer peer, Path directory, String name) throws IOException, InterruptedException {
        Plan own = plan;
        List<ChildProcess.Launch> launches = new ArrayList<>();
        if (!(peer.implementation() instanceof Peer.AeroframePeer)) {
            measurement.stopDriver(); // its threads would run beside the peer
        }
        if (peer.implementation() instanceof Peer.AeroframePeer aeroframe) {
            own = plan(aeroframe);
            boolean isEndToEnd = plan.encoding() == FrameEncoding.JPEG;
            for (Role part : List.of(Role.reader, Role.writer)) {
                launches.add(inJava(
                        measurement.launch(part.name(), part, own, 1),
                        directory,
                        isEndToEnd ? List.of("--end-to-end") : List.of()));
            }
        } else if (peer.implementation() instanceof Peer.JavaPeer java) {
            if (java.transport() == MessageTransport.namedPipe) {
                makePipe(directory);
            }
            for (Role part : List.of(Role.reader, Role.writer)) {
                launches.add(inJava(
                        measurement.launchWithoutDriver(part.name(), part, own),
                        directory,
                        List.of("--transport", java.transport().name())));
            }
        } else if (peer.implementation() instanceof Peer.Program program) {
            makePipe(directory);
            List<String> command = command(program, directory);
            for (String role :
                    program.hasMaster() ? List.of("master", "reader", "writer") : List.of("reader", "writer")) {
                launches.add(launch(command, program, role, directory, name));
            }
        }
        return measurement.run(own, launches, 1);
    }

    private Plan plan(Peer.AeroframePeer means) {
        return new Plan(
                means.path(),
                means.isUdp() ? FrameChannel.parse("udp:127.0.0.1:" + freePort()) : FrameChannel.IPC,
                plan.size(),
                plan.rate(),
                plan.encoding(),
                means.idle(),
                false,
                false,
                plan.warmupSeconds(),
                plan.seconds());
    }

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (IOException ex) {
            throw new BenchException("no UDP port is free on the loopback: " + ex.getMessage(), ex);
        }
    }

    private static ChildProcess.Launch inJava(ChildProcess.Launch launch, Path directory, List<String> arguments) {
        List<String> command = new ArrayList<>(launch.command());
        command.addAll(List.of("--directory", directory.toString()));
        command.addAll(arguments);
        return new ChildProcess.Launch(launch.name(), command, errorsTo(directory, launch.name()));
    }

    /** Returns how to start a program, without its arguments. */
    private List<String> command(Peer.Program program, Path directory) throws IOException, InterruptedException {
        if (program instanceof Peer.NativePeer source) {
            return List.of(compiler.program(source).toString());
        }
        Peer.PythonPeer script = (Peer.PythonPeer) program;
        Python.copyScript("harness.py", directory);
        Python.copyScript(script.script(), directory);
        return List.of(
                python.with(script.modules(plan.encoding())).orElseThrow(),
                "-B", // no compiled files
                directory.resolve(script.script()).toString());
    }

    private ChildProcess.Launch launch(
            List<String> program, Peer.Program peer, String role, Path directory, String name) {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(
                role,
                "--directory",
                directory.toString(),
                "--name",
                name,
                "--width",
                Integer.toString(plan.size().width()),
                "--height",
                Integer.toString(plan.size().height())));
        if (plan.encoding() == FrameEncoding.JPEG) {
            command.addAll(List.of("--quality", Integer.toString(PictureCodec.QUALITY)));
        }
        if (plan.rate().isMax()) {
            command.add("--flat-out");
        }
        command.addAll(peer.arguments());
        command.addAll(more.getOrDefault(role, List.of()));
        return new ChildProcess.Launch(role, command, errorsTo(directory, role));
    }

    private static ProcessBuilder.Redirect errorsTo(Path directory, String role) {
        return ProcessBuilder.Redirect.to(directory.resolve(role + ".err").toFile());
    }

    /** Runs {@code mkfifo}, because Java cannot create a named pipe. */
    private static void makePipe(Path directory) throws InterruptedException {
        Path pipe = directory.resolve(MessageTransport.PIPE);
        Process process;
        try {
            process = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException ex) {
            throw new BenchException("mkfifo cannot be run: apt-get install coreutils", ex);
        }
        try {
            if (!process.waitFor(MKFIFO_TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new BenchException("mkfifo " + pipe + " failed");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /** Returns the last line that a process of the run wrote to standard error. */
    private static Optional<String> lastErrorLine(Path directory) {
        for (String role : List.of("writer", "reader", "master")) {
            Path errors = directory.resolve(role + ".err");
            try {
                if (Files.exists(errors)) {
                    String text = Files.readString(errors, StandardCharsets.UTF_8);
                    Optional<String> last =
                            text.lines().filter(line -> !line.isBlank()).reduce((first, second) -> second);
                    if (last.isPresent()) {
                        return last.map(String::strip);
                    }
                }
            } catch (IOException ex) {
                continue; // not text: try the other processes
            }
        }
        return Optional.empty();
    }

    /** Removes what a process leaves outside its directory if it is killed. */
    private static void deleteLeftovers(String name) {
        for (Path path : List.of(SHARED_MEMORY, SOCKETS)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path, name + "{,-*}")) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException ex) {
                throw new BenchException(path + " cannot be cleared: " + ex.getMessage(), ex);
            }
        }
    }
}
