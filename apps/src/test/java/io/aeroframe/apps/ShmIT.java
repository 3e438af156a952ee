package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared memory of Python's {@code multiprocessing.shared_memory}, in another process. */
@EnabledOnOs(OS.LINUX)
class ShmIT {

    private static final int FRAMES = 300;
    private static final String PREFIX =
            "aeroframe-test-shm-" + ProcessHandle.current().pid();

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    private final String pixels = PREFIX + "-pixels";
    private final String shape = PREFIX + "-shape";

    @BeforeEach
    @AfterEach
    void removeSegments() throws Exception {
        for (String name : List.of(pixels, shape)) {
            Files.deleteIfExists(file(name));
        }
    }

    private static Path file(String name) {
        return Path.of("/dev/shm", name);
    }

    /**
     * The layout has no lock: a writer that the system stops in the middle of a frame leaves a torn one, which nobody
     * can know. It must stay the exception.
     */
    private static void expectSomeOf(List<String> sent, List<String> received) {
        int first = 0;
        while (first < received.size() && !sent.contains(received.get(first))) {
            first++;
        }
        List<String> whole = received.subList(first, received.size()).stream()
                .filter(sent::contains)
                .toList();
        int torn = received.size() - first - whole.size();
        assertTrue(torn <= FRAMES / 100, () -> torn + " torn frames");
        PythonPeer.expectSomeOf(sent, whole);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyFrameOfAPythonScriptIsPublished(boolean isShapeGiven) throws Exception {
        String source = "shm:" + pixels + (isShapeGiven ? "?shape=" + shape : "?size=64x48&format=bgr24");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess publisher = sandbox.start("publish", source, "s", "--await-subscriber", "--lossless");
        AeroframeProcess python = sandbox.startCommand(
                PythonPeer.command("shm-write", "--name", pixels, "--shape", shape, "--fps", 30, "--frames", FRAMES));
        python.expectExit(0);
        publisher.interrupt();
        publisher.expectExit(130);
        expectSomeOf(python.outputLines(), Report.of(subscriber).md5s());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyFrameReachesAPythonScript(boolean isShapeGiven) throws Exception {
        String sinkSpec = "shm:" + pixels + (isShapeGiven ? "?shape=" + shape : "?size=320x240&format=bgr24");
        AeroframeProcess digests = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess sink = sandbox.start("subscribe", "s", sinkSpec, "--no-follow");
        List<Object> reader = List.of("shm-read", "--name", pixels, "--size", "320x240", "--frames", FRAMES);
        AeroframeProcess python = sandbox.startCommand(
                PythonPeer.command(isShapeGiven ? append(reader, "--shape", shape) : reader.toArray()));
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:320x240@30", "s", "--await-subscriber", "--lossless");
        python.expectExit(0);
        // Its resource tracker has removed the names by now, and the sink has restored them.
        AeroframeProcess second = sandbox.startCommand(
                PythonPeer.command("shm-read", "--name", pixels, "--size", "320x240", "--frames", 10));
        second.expectExit(0);
        publisher.interrupt();
        publisher.expectExit(130);
        sink.expectExit(0);
        digests.expectExit(0);
        List<String> sent = Report.ofOutput(digests).md5s();
        expectSomeOf(sent, python.outputLines());
        assertTrue(second.outputLines().stream().filter(sent::contains).count() >= 9, second::toString);
        assertFalse(Files.exists(file(pixels)), "its maker removes it");
        assertFalse(Files.exists(file(shape)), "its maker removes it");
    }

    private static Object[] append(List<Object> words, Object... more) {
        return Stream.concat(words.stream(), List.of(more).stream()).toArray();
    }

    /** A segment of a process that was killed is replaced; one of another program is not. */
    @Test
    void aSegmentThatExistsIsLeftAlone() throws Exception {
        Files.write(file(pixels), new byte[320 * 240 * 3]);
        AeroframeProcess refused = sandbox.start("subscribe", "s", "shm:" + pixels + "?size=320x240");
        refused.expectExit(1);
        assertTrue(refused.errors().contains("?attach"), refused::toString);
        assertTrue(Files.exists(file(pixels)));
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@30", "s");
        AeroframeProcess attached =
                sandbox.start("subscribe", "s", "shm:" + pixels + "?size=320x240&attach", "--frames", 10);
        attached.expectExit(0);
        assertTrue(Files.exists(file(pixels)), "it is not its own");
        Files.delete(file(pixels));
        AeroframeProcess killed = sandbox.start("subscribe", "s", "shm:" + pixels + "?size=320x240");
        Await.until("the segment", () -> Files.exists(file(pixels)), killed::toString);
        killed.kill();
        AeroframeProcess next = sandbox.start("subscribe", "s", "shm:" + pixels + "?size=320x240", "--frames", 10);
        next.expectExit(0);
        assertFalse(Files.exists(file(pixels)));
        publisher.interrupt();
        publisher.expectExit(130);
    }

    @Test
    void aShapeThatMakesNoSenseIsABadFrame() throws Exception {
        Files.write(file(pixels), new byte[64 * 48 * 3]);
        for (int[] wrong : new int[][] {{-1, 64, 3}, {48, 64, 5}, {65_535, 65_535, 4}, {480, 64, 3}}) {
            writeShape(wrong);
            AeroframeProcess publisher = sandbox.start("publish", "shm:" + pixels + "?shape=" + shape, "s");
            publisher.awaitError("the frame is skipped");
            publisher.interrupt();
            publisher.expectExit(130);
        }
        writeShape(48, 64, 3);
        Files.write(file(pixels), new byte[10]); // shorter than its shape says
        AeroframeProcess publisher = sandbox.start("publish", "shm:" + pixels + "?shape=" + shape, "s");
        publisher.awaitError("the segment has 10");
        publisher.interrupt();
        publisher.expectExit(130);
    }

    private void writeShape(int... values) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
        for (int value : values) {
            bytes.putInt(value);
        }
        Files.write(file(shape), bytes.array());
    }

    @Test
    void aWriterThatIsKilledIsReadAgain() throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json");
        AeroframeProcess publisher = sandbox.start("publish", "shm:" + pixels + "?shape=" + shape, "s", "--lossless");
        for (int round = 1; round <= 2; round++) {
            AeroframeProcess python = sandbox.startCommand(PythonPeer.command(
                    "shm-write",
                    "--name",
                    pixels,
                    "--shape",
                    shape,
                    "--fps",
                    60,
                    "--frames",
                    100_000,
                    "--seed",
                    1_000_000 * round));
            subscriber.awaitOutputLines(50 * round);
            python.handle().descendants().forEach(ProcessHandle::destroyForcibly); // its resource tracker
            python.signal("KILL");
            python.awaitExit();
            removeSegments();
        }
        publisher.interrupt();
        publisher.expectExit(130);
        subscriber.expectExit(0);
    }
}
