package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ZeroMQ to and from pyzmq, in another process. */
class ZmqIT {

    private static final int FRAMES = 120;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    private String address;

    @BeforeEach
    void chooseAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "tcp://127.0.0.1:" + socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zmq-write --bind                              | #camera
            zmq-write --bind --base64                     | #cam
            zmq-write                                     | #camera?bind
            zmq-write --bind --ext .png                   | #camera
            imagezmq-pub --bind --name cam1               | ?imagezmq&pubsub
            imagezmq-req --name cam1                      | ?imagezmq
            imagezmq-req --name cam1 --ext raw            | ?imagezmq
            """)
    void everyFrameOfAPythonScriptIsPublished(String writer, String options) throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--frames", FRAMES);
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "zmq:" + address + options,
                "s",
                "--lossless",
                "--await-subscriber",
                "--frames",
                FRAMES,
                "--json");
        List<String> command = PythonPeer.command(Stream.concat(
                        Stream.of(writer.split(" +")),
                        Stream.of("--frames", 100_000, "--fps", 60, "--address", address))
                .toArray());
        AeroframeProcess python = sandbox.startCommand(command);
        Report received = Report.of(subscriber);
        Report published = Report.of(publisher);
        assertEquals(0, published.number("ledger.bad_frames"), publisher::toString);
        python.signal("TERM");
        python.awaitExit();
        assertEquals(FRAMES, received.md5s().size());
        if (writer.contains(".png")) {
            assertEquals(
                    FRAMES, received.md5s().stream().distinct().count(), "decoded here, and therefore other bytes");
        } else {
            expectAllBut(published.number("ledger.superseded_at_source"), python.outputLines(), received.md5s());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            #camera?bind          | zmq-read                               | jpeg
            #camera?bind&base64   | zmq-read --base64                      | jpeg
            #camera               | zmq-read --bind                        | jpeg
            ?imagezmq&pubsub      | imagezmq-sub --name s                  | jpeg
            ?imagezmq             | imagezmq-rep --bind --name s           | jpeg
            ?imagezmq             | imagezmq-rep --bind --name s           | raw
            """)
    void everyFrameReachesAPythonScript(String options, String reader, String encoding) throws Exception {
        AeroframeProcess digests = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess sink = sandbox.start("subscribe", "s", "zmq:" + address + options, "--no-follow");
        AeroframeProcess python = sandbox.startCommand(PythonPeer.command(Stream.concat(
                        Stream.of(reader.split(" +")),
                        Stream.of("--frames", FRAMES, "--address", address, "--size", "320x240"))
                .toArray()));
        AeroframeProcess publisher = sandbox.start(
                "publish", "pattern:320x240@30", "s", "--encoding", encoding, "--await-subscriber", "--json");
        python.expectExit(0);
        publisher.interrupt();
        publisher.expectExit(130);
        sink.expectExit(0);
        digests.expectExit(0);
        assertEquals(FRAMES, python.outputLines().size());
        List<String> sent = Report.ofOutput(digests).md5s();
        if (reader.contains("rep")) {
            PythonPeer.expectSameFrames(python.outputLines(), sent);
        } else {
            PythonPeer.expectSomeOf(sent, python.outputLines()); // a PUB socket drops what a reader is too slow for
        }
    }

    /** From the first frame that was received, no more are missing than were counted. */
    private static void expectAllBut(long superseded, List<String> sent, List<String> received) {
        int first = sent.indexOf(received.get(0));
        assertTrue(first >= 0, () -> received.get(0) + " was not sent");
        PythonPeer.expectSomeOf(sent.subList(first, sent.size()), received);
        int last = sent.indexOf(received.get(received.size() - 1));
        long missing = last - first + 1 - received.size();
        assertTrue(missing <= superseded, () -> missing + " missing, and " + superseded + " counted");
    }

    @Test
    void whatIsNotAnImageIsCounted() throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--frames", 5);
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "zmq:" + address + "#camera?bind",
                "s",
                "--lossless",
                "--await-subscriber",
                "--frames",
                5,
                "--json");
        String script = """
                import cv2, numpy, sys, time, zmq
                pub = zmq.Context.instance().socket(zmq.PUB)
                pub.connect(sys.argv[1])
                image = cv2.imencode(".jpg", numpy.zeros((48, 64, 3), numpy.uint8))[1].tobytes()
                while True:
                    for parts in [[b"garbage"], [b""], [image[:100]], [b"/9j/" + b"!" * 40], [image, image], [image]]:
                        pub.send_multipart([b"camera", *parts])
                    time.sleep(0.02)
                """;
        AeroframeProcess python =
                sandbox.startCommand(List.of(PythonPeer.command().get(0), "-c", script, address));
        Report received = Report.of(subscriber);
        publisher.awaitExit();
        Report published = Report.ofOutput(publisher);
        assertEquals(1, received.md5s().stream().distinct().count());
        assertTrue(published.number("ledger.bad_frames") + published.number("ledger.superseded_at_source") > 0);
        python.signal("TERM");
        python.awaitExit();
    }

    /** Either side may be killed and started again. */
    @Test
    void aWriterThatIsKilledIsReadAgain() throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json");
        AeroframeProcess publisher = sandbox.start("publish", "zmq:" + address + "#camera", "s", "--lossless");
        Object[] writer = {"zmq-write", "--bind", "--fps", 100, "--frames", 100_000, "--address", address};
        for (int round = 1; round <= 2; round++) {
            AeroframeProcess python = sandbox.startCommand(PythonPeer.command(writer));
            subscriber.awaitOutputLines(50 * round);
            python.signal("KILL");
            python.awaitExit();
        }
        publisher.interrupt();
        publisher.expectExit(130);
        subscriber.expectExit(0);
    }

    /** A sender's name is metadata in between. */
    @Test
    void theNameOfAnImagezmqSenderArrivesAtTheHub() throws Exception {
        String out;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            out = "tcp://127.0.0.1:" + socket.getLocalPort();
        }
        AeroframeProcess hub = sandbox.startCommand(
                PythonPeer.command("imagezmq-rep", "--bind", "--name", "cam1", "--address", out, "--frames", 30));
        AeroframeProcess sink = sandbox.start("subscribe", "s", "zmq:" + out + "?imagezmq", "--frames", 30);
        AeroframeProcess publisher =
                sandbox.start("publish", "zmq:" + address + "?imagezmq", "s", "--await-subscriber", "--lossless");
        AeroframeProcess sender = sandbox.startCommand(PythonPeer.command(
                "imagezmq-req", "--name", "cam1", "--address", address, "--frames", 100_000, "--fps", 60));
        hub.expectExit(0);
        sink.expectExit(0);
        sender.signal("TERM");
        sender.awaitExit();
        publisher.interrupt();
        publisher.expectExit(130);
    }

    /** A hub that has gone does not hold up the stream: its images are counted, and the next hub gets the rest. */
    @Test
    void aHubThatHasGoneIsFoundAgain() throws Exception {
        Object[] hub = {
            "imagezmq-rep", "--bind", "--name", "s", "--size", "320x240", "--address", address, "--frames", 20
        };
        AeroframeProcess sink = sandbox.start("subscribe", "s", "zmq:" + address + "?imagezmq", "--no-follow");
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@30", "s", "--await-subscriber");
        AeroframeProcess first = sandbox.startCommand(PythonPeer.command(hub));
        first.expectExit(0);
        sink.awaitError("the hub did not answer within 2 s; images are skipped until a hub is there");
        AeroframeProcess second = sandbox.startCommand(PythonPeer.command(hub));
        second.expectExit(0);
        sink.awaitError("a hub answers again; images lost meanwhile: ");
        publisher.interrupt();
        publisher.expectExit(130);
        sink.expectExit(0);
    }

    /** Python, a pipe, UDP multicast, ZeroMQ, Python: the bytes are the same. */
    @Test
    void aChainOfBridgesCarriesTheBytesUnchanged(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("log");
        String channel = "aeron:udp?endpoint=224.10.9.9:" + Pictures.freePort() + "|interface=127.0.0.1";
        AeroframeProcess reader = sandbox.startCommand(
                PythonPeer.command("zmq-read", "--address", address, "--topic", "camera", "--frames", FRAMES));
        AeroframeProcess sink =
                sandbox.start("subscribe", "s", "zmq:" + address + "#camera?bind", "--channel", channel, "--no-follow");
        AeroframeProcess writer = sandbox.startCommand(PythonPeer.pipeline(
                PythonPeer.command("prefixed-write", "--fps", 30, "--frames", 100_000, "--log", log),
                AeroframeProcess.command(List.of("publish", "-", "s", "--channel", channel, "--await-subscriber"))));
        reader.expectExit(0);
        writer.handle().descendants().forEach(ProcessHandle::destroy);
        writer.awaitExit();
        sink.expectExit(0);
        PythonPeer.expectSomeOf(Files.readAllLines(log), reader.outputLines());
    }
}
