package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ROS 1 topics to and from rospy, with a master, each in another process. */
class RosIT {

    private static final int FRAMES = 150;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path home;

    private String master;
    private AeroframeProcess masterProcess;

    @BeforeEach
    void startMaster() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            master = "http://127.0.0.1:" + socket.getLocalPort();
        }
        masterProcess = ros(PythonPeer.rosCommand("ros-master", "--address", master));
        masterProcess.awaitOutputLines(1);
    }

    @AfterEach
    void stopMaster() throws InterruptedException {
        if (masterProcess != null) {
            masterProcess.signal("TERM");
            masterProcess.awaitExit();
        }
    }

    private AeroframeProcess ros(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "env", "ROS_MASTER_URI=" + master, "ROS_IP=127.0.0.1", "ROS_HOME=" + home, "ROS_LOG_DIR=" + home));
        all.addAll(command);
        return sandbox.startCommand(all);
    }

    private AeroframeProcess aeroframe(Object... arguments) throws IOException {
        return ros(AeroframeProcess.command(
                Stream.of(arguments).map(Object::toString).toList()));
    }

    @ParameterizedTest
    @CsvSource({
        "--ext .jpg",
        "--ext raw --encoding bgr8",
        "--ext raw --encoding rgb8",
        "--ext raw --encoding mono8",
        "--ext raw --encoding mono16",
        "--ext raw --encoding bgra8",
        "--ext raw --encoding yuv422",
        "--ext raw --encoding yuv422_yuy2",
    })
    void everyFrameOfATopicIsPublished(String image) throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess publisher = aeroframe(
                "publish",
                "ros:/camera/image",
                "s",
                image.contains("jpg") ? "--quality=80" : "--format=native",
                "--await-subscriber",
                "--lossless",
                "--json");
        AeroframeProcess python = ros(PythonPeer.rosCommand(Stream.concat(
                        Stream.of(("ros-write " + image).split(" ")),
                        Stream.of("--topic", "/camera/image", "--fps", 60, "--frames", FRAMES, "--name", "optical"))
                .toArray()));
        python.expectExit(0);
        publisher.interrupt();
        publisher.expectExit(130);
        Report received = Report.of(subscriber);
        Report published = Report.ofOutput(publisher);
        assertEquals(0, published.number("ledger.bad_frames"), publisher::toString);
        PythonPeer.expectSomeOf(python.outputLines(), received.md5s());
        long superseded = published.number("ledger.superseded_at_source");
        assertTrue(received.md5s().size() + superseded >= FRAMES / 2, publisher::toString);
    }

    @ParameterizedTest
    @CsvSource({"jpeg, --ext .jpg", "raw, --ext raw"})
    void everyFrameReachesATopic(String encoding, String image) throws Exception {
        AeroframeProcess digests = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess sink = aeroframe("subscribe", "s", "ros:/camera/image", "--no-follow");
        AeroframeProcess python = ros(PythonPeer.rosCommand(Stream.concat(
                        Stream.of(("ros-read " + image).split(" ")),
                        Stream.of("--topic", "/camera/image", "--frames", FRAMES))
                .toArray()));
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:320x240@60", "s", "--encoding", encoding, "--await-subscriber");
        python.expectExit(0);
        publisher.interrupt();
        publisher.expectExit(130);
        sink.expectExit(0);
        digests.expectExit(0);
        assertEquals(FRAMES, python.outputLines().size());
        PythonPeer.expectSomeOf(Report.ofOutput(digests).md5s(), python.outputLines());
    }

    /** The master and the publisher end and come back, in this order. */
    @Test
    void aMasterMayBeStartedAgain() throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess publisher = aeroframe("publish", "ros:/camera/image", "s", "--lossless");
        List<String> writer = PythonPeer.rosCommand(
                "ros-write", "--topic", "/camera/image", "--fps", 30, "--frames", 100_000, "--name", "optical");
        AeroframeProcess first = ros(writer);
        subscriber.awaitOutputLines(20);
        first.signal("KILL");
        first.awaitExit();
        stopMaster();
        publisher.awaitError("does not answer");
        masterProcess = ros(PythonPeer.rosCommand("ros-master", "--address", master));
        masterProcess.awaitOutputLines(1);
        int before = subscriber.outputLines().size();
        AeroframeProcess second = ros(writer);
        subscriber.awaitOutputLines(before + 20);
        second.signal("KILL");
        second.awaitExit();
        publisher.interrupt();
        publisher.expectExit(130);
        subscriber.expectExit(0);
    }

    /** Images without pixels, and images whose numbers disagree. */
    @Test
    void aDamagedImageIsABadFrame() throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--frames", 5);
        AeroframeProcess publisher =
                aeroframe("publish", "ros:/camera/image", "s", "--await-subscriber", "--frames", 5, "--json");
        String script = """
                import rospy, time
                from sensor_msgs.msg import Image
                rospy.init_node("peer", disable_signals=True)
                topic = rospy.Publisher("/camera/image", Image, queue_size=10)
                good = dict(height=2, width=2, encoding="bgr8", step=6, data=bytes(12))
                bad = [dict(step=5), dict(height=70000), dict(encoding="bayer"), dict(data=bytes(11)), dict(data=b"")]
                while True:
                    for change in bad + [{}]:
                        topic.publish(Image(**{**good, **change}))
                        time.sleep(0.01)
                """;
        AeroframeProcess python = ros(List.of(PythonPeer.rosCommand().get(0), "-c", script));
        Report received = Report.of(subscriber);
        publisher.expectExit(3);
        assertEquals(1, received.md5s().stream().distinct().count());
        assertTrue(Report.ofOutput(publisher).number("ledger.bad_frames") > 0, publisher::toString);
        python.signal("KILL");
        python.awaitExit();
    }

    @Test
    void aTopicWithoutAMasterWaitsForOne() throws Exception {
        stopMaster();
        masterProcess = null;
        AeroframeProcess publisher = aeroframe("publish", "ros:/camera/image", "s");
        publisher.awaitError("the ROS master at " + master + " does not answer");
        publisher.interrupt();
        publisher.expectExit(130);
    }
}
