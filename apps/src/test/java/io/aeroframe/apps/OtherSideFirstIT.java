package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bridges whose other side, in Python, runs before the bridge is started. */
@EnabledOnOs(OS.LINUX)
class OtherSideFirstIT {

    private static final int FRAMES = 60;
    private static final String SEGMENT =
            "aeroframe-test-first-" + ProcessHandle.current().pid();

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path home;

    @AfterEach
    void removeSegment() throws IOException {
        Files.deleteIfExists(Path.of("/dev/shm", SEGMENT));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zmq-write --bind --address ADDRESS                      | zmq:ADDRESS#camera
            zmq-write --address ADDRESS                             | zmq:ADDRESS#camera?bind
            imagezmq-pub --bind --name cam1 --address ADDRESS       | zmq:ADDRESS?imagezmq&pubsub
            imagezmq-req --name cam1 --address ADDRESS              | zmq:ADDRESS?imagezmq
            shm-write --name SEGMENT                                | shm:SEGMENT?size=64x48&format=bgr24
            """)
    void aBridgeFindsAWriterThatRuns(String writer, String bridge) throws Exception {
        String address = "tcp://127.0.0.1:" + freePort();
        AeroframeProcess python =
                sandbox.startCommand(PythonPeer.command((Object[]) (writer + " --fps 60 --frames 100000 --size 64x48")
                        .replace("ADDRESS", address)
                        .replace("SEGMENT", SEGMENT)
                        .split(" +")));
        python.awaitOutputLines(1);
        AeroframeProcess publisher =
                sandbox.start("publish", bridge.replace("ADDRESS", address).replace("SEGMENT", SEGMENT), "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--frames", FRAMES);
        List<String> received = Report.of(subscriber).md5s();
        publisher.interrupt();
        publisher.expectExit(130);
        python.signal("TERM");
        python.awaitExit();
        assertEquals(FRAMES, received.size());
        PythonPeer.expectSomeOf(sentSince(python.outputLines(), received), received);
    }

    /** What was sent before the reader came does not count as missing. */
    private static List<String> sentSince(List<String> sent, List<String> received) {
        return sent.subList(Math.max(0, sent.indexOf(received.get(0))), sent.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zmq-read --address ADDRESS                              | zmq:ADDRESS#camera?bind
            zmq-read --bind --address ADDRESS                       | zmq:ADDRESS#camera
            imagezmq-rep --bind --name s --address ADDRESS          | zmq:ADDRESS?imagezmq
            shm-read --name SEGMENT                                 | shm:SEGMENT?size=64x48&format=bgr24
            """)
    void aBridgeFindsAReaderThatRuns(String reader, String bridge) throws Exception {
        String address = "tcp://127.0.0.1:" + freePort();
        AeroframeProcess python =
                sandbox.startCommand(PythonPeer.command((Object[]) (reader + " --size 64x48 --frames " + FRAMES)
                        .replace("ADDRESS", address)
                        .replace("SEGMENT", SEGMENT)
                        .split(" +")));
        AeroframeProcess digests = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        String encoding = bridge.startsWith("zmq") ? "jpeg" : "raw";
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:64x48@30", "s", "--encoding", encoding, "--await-subscriber");
        digests.awaitOutputLines(5); // the stream runs, and Python waits
        AeroframeProcess sink = sandbox.start(
                "subscribe", "s", bridge.replace("ADDRESS", address).replace("SEGMENT", SEGMENT), "--no-follow");
        python.expectExit(0);
        publisher.interrupt();
        publisher.expectExit(130);
        sink.expectExit(0);
        digests.expectExit(0);
        assertEquals(FRAMES, python.outputLines().size());
        List<String> received = python.outputLines();
        PythonPeer.expectSomeOf(sentSince(Report.ofOutput(digests).md5s(), received), received);
    }

    /** Both ends of a ROS topic run before the bridges; the header's stamp and {@code frame_id} pass through both. */
    @Test
    void rosNodesThatRunAreFoundAndTheirHeadersPassThrough() throws Exception {
        String master = "http://127.0.0.1:" + freePort();
        AeroframeProcess masterProcess = ros(master, PythonPeer.rosCommand("ros-master", "--address", master));
        masterProcess.awaitOutputLines(1);
        AeroframeProcess reader = ros(
                master, PythonPeer.rosCommand("ros-read", "--topic", "/out", "--frames", FRAMES, "--name", "optical"));
        AeroframeProcess writer = ros(
                master,
                PythonPeer.rosCommand(
                        "ros-write", "--topic", "/in", "--fps", 30, "--frames", 100_000, "--name", "optical"));
        AeroframeProcess sink =
                ros(master, AeroframeProcess.command(List.of("subscribe", "s", "ros:/out", "--no-follow")));
        AeroframeProcess source = ros(master, AeroframeProcess.command(List.of("publish", "ros:/in", "s")));
        reader.expectExit(0);
        source.interrupt();
        source.expectExit(130);
        sink.expectExit(0);
        for (AeroframeProcess peer : List.of(writer, masterProcess)) {
            peer.signal("TERM");
            peer.awaitExit();
        }
        assertEquals(FRAMES, reader.outputLines().size());
        PythonPeer.expectSomeOf(sentSince(writer.outputLines(), reader.outputLines()), reader.outputLines());
    }

    private AeroframeProcess ros(String master, List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "env", "ROS_MASTER_URI=" + master, "ROS_IP=127.0.0.1", "ROS_HOME=" + home, "ROS_LOG_DIR=" + home));
        all.addAll(command);
        return sandbox.startCommand(all);
    }
}
