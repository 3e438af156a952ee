package io.aeroframe.benchmarks.peers;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.messages.MessageTransport;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.transport.FrameEncoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A way to carry frames from one process to another on one host.
 *
 * @param name           the name on the command line
 * @param title          the name to print
 * @param implementation how the peer is run
 * @param only           the only encoding that it is for; null for any
 * @param remark         a footnote to its figures; empty for none
 */
record Peer(String name, String title, Implementation implementation, FrameEncoding only, String remark) {

    private static final String TEARS = "a frame may change while it is read (torn)";

    /** All peers, in the order in which they take turns. The others are compared with the first. */
    static final List<Peer> ALL = List.of(
            new Peer("pool", "Aeroframe pool, woken", new AeroframePeer(FramePath.pool, Idle.wait, false), null, ""),
            new Peer(
                    "pool-spin",
                    "Aeroframe pool, spins",
                    new AeroframePeer(FramePath.pool, Idle.spin, false),
                    null,
                    ""),
            new Peer("log", "Aeroframe log", new AeroframePeer(FramePath.log, Idle.backoff, false), null, ""),
            new Peer(
                    "udp",
                    "Aeroframe UDP",
                    new AeroframePeer(FramePath.log, Idle.backoff, true),
                    FrameEncoding.JPEG,
                    ""),
            new Peer(
                    "python",
                    "Aeroframe, Python",
                    new PythonPeer("aeroframe_numpy.py", PythonPeer.withPackage(), List.of("jpype")),
                    null,
                    ""),
            new Peer(
                    "python-in-place",
                    "Aeroframe, Python, in place",
                    new PythonPeer("aeroframe_numpy.py", PythonPeer.withPackage("--in-place"), List.of("jpype")),
                    FrameEncoding.RAW,
                    ""),
            new Peer(
                    "aeron",
                    "plain Aeron",
                    new AeroframePeer(FramePath.aeron, Idle.backoff, false),
                    FrameEncoding.RAW,
                    ""),
            new Peer("iceoryx", "iceoryx C++, woken", NativePeer.iceoryx(List.of()), FrameEncoding.RAW, ""),
            new Peer(
                    "iceoryx-spin", "iceoryx C++, spins", NativePeer.iceoryx(List.of("--spin")), FrameEncoding.RAW, ""),
            new Peer(
                    "zeromq",
                    "ZeroMQ C PUB/SUB",
                    new NativePeer("zeromq.cpp", List.of(), "zmq.h", "-lzmq", "libzmq3-dev", false),
                    FrameEncoding.RAW,
                    ""),
            new Peer(
                    "gstreamer",
                    "GStreamer shmsink, shmsrc",
                    new NativePeer(
                            "gstreamer.cpp",
                            List.of(),
                            "gst/app/gstappsink.h",
                            "$(pkg-config --cflags --libs gstreamer-app-1.0)",
                            "libgstreamer-plugins-base1.0-dev gstreamer1.0-plugins-bad pkg-config",
                            false),
                    FrameEncoding.RAW,
                    ""),
            new Peer("jeromq", "JeroMQ PUB/SUB", new JavaPeer(MessageTransport.jeroMq), null, ""),
            new Peer("unix-socket", "Java Unix socket", new JavaPeer(MessageTransport.unixSocket), null, ""),
            new Peer("named-pipe", "Java named pipe", new JavaPeer(MessageTransport.namedPipe), null, ""),
            new Peer(
                    "mmap",
                    "Java mapped file, polled",
                    new JavaPeer(MessageTransport.mappedFile),
                    FrameEncoding.RAW,
                    TEARS),
            new Peer(
                    "mmap-in-place",
                    "Java mapped file, in place",
                    new JavaPeer(MessageTransport.mappedFileInPlace),
                    FrameEncoding.RAW,
                    TEARS),
            new Peer(
                    "python-pipe",
                    "Python pipe",
                    new PythonPeer("length_prefixed_pipe.py", List.of(), List.of()),
                    null,
                    ""),
            new Peer("pyzmq", "Python ZeroMQ", new PythonPeer("zeromq.py", List.of(), List.of("zmq")), null, ""),
            new Peer(
                    "pyzmq-base64",
                    "Python ZeroMQ, base64",
                    new PythonPeer("zeromq.py", List.of("--base64"), List.of("zmq")),
                    FrameEncoding.JPEG,
                    ""),
            new Peer(
                    "diskcache",
                    "Python diskcache",
                    new PythonPeer("disk_cache.py", List.of(), List.of("diskcache")),
                    null,
                    ""),
            new Peer(
                    "shared-memory",
                    "Python shared_memory",
                    new PythonPeer("shared_memory.py", List.of(), List.of()),
                    FrameEncoding.RAW,
                    TEARS),
            new Peer(
                    "shared-memory-in-place",
                    "shared_memory, in place",
                    new PythonPeer("shared_memory.py", List.of("--in-place"), List.of()),
                    FrameEncoding.RAW,
                    TEARS),
            new Peer(
                    "rospy",
                    "ROS 1 rospy",
                    new PythonPeer("ros.py", List.of(), List.of("rospy", "rosmaster", "sensor_msgs")),
                    null,
                    ""));

    /** How a peer is run. */
    sealed interface Implementation permits AeroframePeer, JavaPeer, Program {}

    /** A program in another language that {@code benchmarks/peers} has, with that language's harness. */
    sealed interface Program extends Implementation permits PythonPeer, NativePeer {

        /** The arguments besides those of all programs. */
        List<String> arguments();

        /** Whether a third process, such as a ROS master, serves writer and reader. */
        boolean hasMaster();
    }

    /**
     * Aeroframe, or plain Aeron.
     *
     * @param path  the path that frames take
     * @param idle  how the reader waits for frames
     * @param isUdp whether frames travel over UDP on the loopback; if not, over IPC
     */
    record AeroframePeer(FramePath path, Idle idle, boolean isUdp) implements Implementation {}

    /**
     * Another transport in Java.
     *
     * @param transport the transport
     */
    record JavaPeer(MessageTransport transport) implements Implementation {}

    /**
     * A script of {@code benchmarks/peers}.
     *
     * @param script    the script's file name
     * @param arguments its arguments besides those of all scripts
     * @param modules   the modules that it needs besides NumPy
     */
    record PythonPeer(String script, List<String> arguments, List<String> modules) implements Program {

        /** Returns arguments with the directory of Aeroframe's own package for Python, which is beside its command. */
        private static List<String> withPackage(String... others) {
            List<String> all = new ArrayList<>(List.of(others));
            Path command = Path.of(System.getProperty("aeroframe.command", "apps/bin/aeroframe"));
            all.addAll(List.of(
                    "--package", command.resolveSibling("../python").normalize().toString()));
            return all;
        }

        /** Returns the modules that the script needs. */
        List<String> modules(FrameEncoding encoding) {
            List<String> all = new ArrayList<>(modules);
            all.add("numpy");
            if (encoding == FrameEncoding.JPEG) {
                all.add("cv2");
            }
            return all;
        }

        @Override
        public boolean hasMaster() {
            return modules.contains("rosmaster");
        }
    }

    /**
     * A program in C++ of {@code benchmarks/peers}, built before its first run.
     *
     * @param source    the file name of its source
     * @param arguments its arguments besides those of all programs
     * @param header    a header of the library that it needs
     * @param flags     the compiler's flags for that library, as a shell reads them
     * @param packages  Debian's packages of that library, separated by spaces
     * @param hasMaster whether a third process serves writer and reader
     */
    record NativePeer(
            String source, List<String> arguments, String header, String flags, String packages, boolean hasMaster)
            implements Program {

        private static NativePeer iceoryx(List<String> arguments) {
            return new NativePeer(
                    "iceoryx.cpp",
                    arguments,
                    "iceoryx_posh/runtime/posh_runtime.hpp",
                    "-I$(echo /usr/include/iceoryx/v2*)"
                            + " -liceoryx_posh_roudi -liceoryx_posh -liceoryx_hoofs -liceoryx_platform",
                    "libiceoryx-posh-dev libacl1-dev",
                    true);
        }
    }

    /** Returns the peer of a name. */
    static Optional<Peer> named(String name) {
        return ALL.stream().filter(peer -> peer.name.equals(name)).findFirst();
    }

    /**
     * Returns the command that installs what the peer needs on Debian, or nothing if it is there.
     *
     * @param python the interpreters of this machine
     */
    Optional<String> missing(FrameEncoding encoding, Python python) throws InterruptedException {
        if (implementation instanceof NativePeer source) {
            return Compiler.missing(source);
        }
        if (implementation instanceof PythonPeer script) {
            List<String> modules = script.modules(encoding);
            return python.with(modules).isPresent() ? Optional.empty() : Optional.of(Python.installCommand(modules));
        }
        return Optional.empty();
    }

    /** Whether the peer can carry frames of an encoding. */
    boolean isFor(FrameEncoding encoding) {
        return only == null || only == encoding;
    }
}
