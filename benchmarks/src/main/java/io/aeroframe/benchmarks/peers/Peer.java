package io.aeroframe.benchmarks.peers;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.messages.MessageTransport;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.transport.FrameEncoding;
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
                    "aeron",
                    "plain Aeron",
                    new AeroframePeer(FramePath.aeron, Idle.backoff, false),
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
    sealed interface Implementation permits AeroframePeer, JavaPeer, PythonPeer {}

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
    record PythonPeer(String script, List<String> arguments, List<String> modules) implements Implementation {

        /** Returns the modules that the script needs. */
        List<String> modules(FrameEncoding encoding) {
            List<String> all = new ArrayList<>(modules);
            all.add("numpy");
            if (encoding == FrameEncoding.JPEG) {
                all.add("cv2");
            }
            return all;
        }

        /** Whether a third process, a ROS master, serves writer and reader. */
        boolean hasMaster() {
            return modules.contains("rosmaster");
        }
    }

    /** Returns the peer of a name. */
    static Optional<Peer> named(String name) {
        return ALL.stream().filter(peer -> peer.name.equals(name)).findFirst();
    }

    /** Whether the peer can carry frames of an encoding. */
    boolean isFor(FrameEncoding encoding) {
        return only == null || only == encoding;
    }
}
