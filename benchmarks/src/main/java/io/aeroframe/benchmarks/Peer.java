package io.aeroframe.benchmarks;

import io.aeroframe.transport.FrameEncoding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something that carries frames from a process to another on one host.
 *
 * @param name   as typed.
 * @param title  for people.
 * @param means  how it is run.
 * @param only   the encoding that it is for; null for any.
 * @param remark what is to be known of its figures; empty for nothing.
 */
record Peer(String name, String title, Means means, FrameEncoding only, String remark) {

    private static final String TEARS = "a frame may change while it is read";

    /** All of them, in the order in which they take turns. The first is what the others are compared with. */
    static final List<Peer> ALL = List.of(
            new Peer("pool", "Aeroframe pool, woken", new AeroframePath(FramePath.pool, Idle.wait, false), null, ""),
            new Peer(
                    "pool-spin",
                    "Aeroframe pool, spins",
                    new AeroframePath(FramePath.pool, Idle.spin, false),
                    null,
                    ""),
            new Peer("log", "Aeroframe log", new AeroframePath(FramePath.log, Idle.backoff, false), null, ""),
            new Peer(
                    "udp",
                    "Aeroframe UDP",
                    new AeroframePath(FramePath.log, Idle.backoff, true),
                    FrameEncoding.JPEG,
                    ""),
            new Peer(
                    "aeron",
                    "plain Aeron",
                    new AeroframePath(FramePath.aeron, Idle.backoff, false),
                    FrameEncoding.RAW,
                    ""),
            new Peer("jeromq", "JeroMQ PUB/SUB", new InJava(Carrier.jeroMq), null, ""),
            new Peer("unix-socket", "Java Unix socket", new InJava(Carrier.unixSocket), null, ""),
            new Peer("named-pipe", "Java named pipe", new InJava(Carrier.namedPipe), null, ""),
            new Peer("mmap", "Java mapped file, polled", new InJava(Carrier.mappedFile), FrameEncoding.RAW, TEARS),
            new Peer(
                    "python-pipe",
                    "Python pipe",
                    new InPython("length_prefixed_pipe.py", List.of(), List.of()),
                    null,
                    ""),
            new Peer("pyzmq", "Python ZeroMQ", new InPython("zeromq.py", List.of(), List.of("zmq")), null, ""),
            new Peer(
                    "pyzmq-base64",
                    "Python ZeroMQ, base64",
                    new InPython("zeromq.py", List.of("--base64"), List.of("zmq")),
                    FrameEncoding.JPEG,
                    ""),
            new Peer(
                    "diskcache",
                    "Python diskcache",
                    new InPython("disk_cache.py", List.of(), List.of("diskcache")),
                    null,
                    ""),
            new Peer(
                    "shared-memory",
                    "Python shared_memory",
                    new InPython("shared_memory.py", List.of(), List.of()),
                    FrameEncoding.RAW,
                    TEARS),
            new Peer(
                    "rospy",
                    "ROS 1 rospy",
                    new InPython("ros.py", List.of(), List.of("rospy", "rosmaster", "sensor_msgs")),
                    null,
                    ""));

    /** How a peer is run. */
    sealed interface Means permits AeroframePath, InJava, InPython {}

    /**
     * Aeroframe, or plain Aeron.
     *
     * @param path  that the frames take.
     * @param idle  of the reader.
     * @param isUdp whether over UDP on the loopback, else over IPC.
     */
    record AeroframePath(FramePath path, Idle idle, boolean isUdp) implements Means {}

    /**
     * Something that the JVM can do.
     *
     * @param carrier that does it.
     */
    record InJava(Carrier carrier) implements Means {}

    /**
     * A script of {@code benchmarks/peers}.
     *
     * @param script    its file.
     * @param arguments besides those of all scripts.
     * @param modules   that it needs besides NumPy.
     */
    record InPython(String script, List<String> arguments, List<String> modules) implements Means {

        /** Debian's package of each module. */
        private static final Map<String, String> PACKAGES = packages();

        private static Map<String, String> packages() {
            Map<String, String> packages = new LinkedHashMap<>();
            packages.put("numpy", "python3-numpy");
            packages.put("cv2", "python3-opencv");
            packages.put("zmq", "python3-zmq");
            packages.put("diskcache", "python3-diskcache");
            packages.put("rospy", "python3-rospy");
            packages.put("rosmaster", "python3-rosmaster");
            packages.put("sensor_msgs", "python3-sensor-msgs");
            return packages;
        }

        /** Modules that any script may need. */
        static List<String> allModules() {
            return List.copyOf(PACKAGES.keySet());
        }

        /** Debian's package of a module. */
        static String packageOf(String module) {
            return PACKAGES.get(module);
        }

        /** Modules without which it does not run. */
        List<String> modules(FrameEncoding encoding) {
            List<String> all = new ArrayList<>(modules);
            all.add("numpy");
            if (encoding == FrameEncoding.JPEG) {
                all.add("cv2");
            }
            return all;
        }

        /** Whether a third process serves writer and reader. */
        boolean hasMaster() {
            return modules.contains("rosmaster");
        }
    }

    /** The peer of that name. */
    static Optional<Peer> named(String name) {
        return ALL.stream().filter(peer -> peer.name.equals(name)).findFirst();
    }

    /** Whether it takes part if nobody names it. */
    boolean isFor(FrameEncoding encoding) {
        return only == null || only == encoding;
    }
}
