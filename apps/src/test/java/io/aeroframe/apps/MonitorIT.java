package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Looking at streams without subscribing. */
class MonitorIT {

    private static final int FRAMES = 150;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @Test
    void listAndInfoShowBothSidesUntilTheyAreGone() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@50", "camera");
        AeroframeProcess subscriber = sandbox.start("subscribe", "camera", "null:");
        AeroframeProcess waiting = sandbox.start("subscribe", "nothing", "null:", "--latest");
        Map<String, Object> list = awaitList(seen -> "streaming".equals(seen.get("streams.0.state"))
                && Long.valueOf(1).equals(seen.get("streams.0.subscribers"))
                && seen.containsKey("streams.1.state"));

        assertEquals("camera", list.get("streams.0.stream"));
        assertEquals("ipc", list.get("streams.0.channel"));
        assertEquals("320x240 BGR24", list.get("streams.0.format"));
        assertEquals(1L, list.get("streams.0.subscribers"));
        assertEquals(publisher.handle().pid(), list.get("streams.0.publisher.pid"));
        assertEquals(subscriber.handle().pid(), list.get("streams.0.subscriptions.0.pid"));
        assertEquals("aeroframe publish", list.get("streams.0.publisher.process"));
        assertEquals("waiting for a publisher", list.get("streams.1.state"));
        assertEquals(waiting.handle().pid(), list.get("streams.1.subscriptions.0.pid"));

        AeroframeProcess table = sandbox.start("list");
        table.expectExit(0);
        assertEquals(3, table.outputLines().size(), table::toString);
        assertTrue(table.outputLines().get(0).startsWith("STREAM"), table::toString);
        assertTrue(table.outputLines().get(1).matches("camera +ipc +320x240 BGR24 .* streaming"), table::toString);

        Map<String, Object> info = look("info", "camera", "--json");
        assertEquals("streaming", info.get("publication.state"));
        assertEquals(0L, info.get("subscriptions.0.ledger.lost"));
        assertTrue((Long) info.get("subscriptions.0.ledger.received") > 0, info::toString);
        assertTrue((Long) info.get("publication.pool.slots") > 2, info::toString);
        assertEquals(1L, info.get("publication.pool.members"));
        AeroframeProcess text = sandbox.start("info", "camera");
        text.expectExit(0);
        assertTrue(
                text.output()
                        .contains("publication in process " + publisher.handle().pid()),
                text::toString);
        assertTrue(text.output().contains("copies"), text::toString);

        AeroframeProcess unknown = sandbox.start("info", "camera_");
        unknown.expectExit(1);
        assertTrue(
                unknown.errors().contains("there is no stream 'camera_' on this host; there are: camera, nothing"),
                unknown::toString);

        publisher.kill();
        awaitList(seen -> !seen.containsKey("streams.0.publisher.pid"));
        end(subscriber, waiting);
        AeroframeProcess empty = sandbox.start("list");
        empty.expectExit(0);
        assertTrue(empty.errors().contains("there are no streams on this host"), empty::toString);
    }

    @Test
    void hzBwAndDelayAgreeWithTheSubscriber() throws Exception {
        AeroframeProcess hz = sandbox.start("hz", "camera", "--json");
        AeroframeProcess bw = sandbox.start("bw", "camera", "--json");
        AeroframeProcess delay = sandbox.start("delay", "camera", "--json");
        for (AeroframeProcess process : List.of(hz, bw, delay)) {
            process.awaitError("there is no stream 'camera'");
        }
        AeroframeProcess subscriber = sandbox.start("subscribe", "camera", "null:", "--json", "--no-follow");
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "pattern:320x240@50",
                "camera",
                "--encoding",
                "jpeg",
                "--await-subscriber",
                "--lossless",
                "--frames",
                FRAMES);
        publisher.expectExit(0);
        Report received = Report.of(subscriber);
        assertEquals(FRAMES, received.number("received"));

        for (AeroframeProcess process : List.of(hz, bw, delay)) {
            int lines = process.outputLines().size();
            process.awaitOutputLines(lines + 2); // of after the end
            process.interrupt();
            process.expectExit(130);
        }
        Map<String, Object> rate = last(hz);
        Map<String, Object> bytes = last(bw);
        Map<String, Object> ages = last(delay);
        // Frames of the last 50 ms may have gone with the publication before they were looked at.
        assertTrue((Long) rate.get("window") > FRAMES / 2, rate::toString);
        assertEquals(0L, rate.get("missed"));
        double fps = received.decimal("fps");
        assertEquals(fps, (Double) rate.get("fps"), fps / 5, rate::toString); // without the frames that had gone
        double meanBytes = (double) received.number("bytes") / FRAMES;
        assertEquals(meanBytes, (Double) bytes.get("mean_bytes"), meanBytes / 100, bytes::toString);
        double median = received.decimal("latency_us.p50");
        assertEquals(median, (Double) ages.get("latency_us.p50"), 100 + median / 5, ages::toString);
        assertTrue(
                (Double) ages.get("age_us.p50") > (Double) ages.get("latency_us.p50") - 1_000,
                () -> "captured after it was published, by more than a clock may be corrected by: " + ages);
    }

    @Test
    void aSecondPublisherStandsBy() throws Exception {
        AeroframeProcess first = sandbox.start("publish", "pattern:64x48@50", "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:");
        awaitList(seen -> Long.valueOf(1).equals(seen.get("streams.0.subscribers")));
        AeroframeProcess second = sandbox.start("publish", "pattern:64x48@50", "s");
        awaitList(seen -> Long.valueOf(second.handle().pid()).equals(seen.get("streams.1.publisher.pid"))
                && "standby".equals(seen.get("streams.1.state")));
        first.kill();
        awaitList(seen -> Long.valueOf(second.handle().pid()).equals(seen.get("streams.0.publisher.pid"))
                && "streaming".equals(seen.get("streams.0.state")));
        end(subscriber, second);
    }

    private static void end(AeroframeProcess... processes) throws InterruptedException {
        for (AeroframeProcess process : processes) {
            process.interrupt();
            process.expectExit(130);
        }
    }

    @Test
    void aStreamThatNobodyReceivesHasNoDelayWhichIsSaid() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:64x48@50", "s");
        awaitList(seen -> "no subscribers".equals(seen.get("streams.0.state")));
        AeroframeProcess delay = sandbox.start("delay", "s");
        delay.awaitError("waiting for frames of 's': no subscribers, 0 subscribers on this host");
        end(delay, publisher);
    }

    @Test
    void whatCannotBeShownIsSaid() throws Exception {
        expectFailure(1, "stream 'camera': no frame came in 1 s", "hz", "camera", "--seconds", "1");
        expectFailure(2, "--window 1: give 2 or more", "bw", "camera", "--window", "1");
        expectFailure(2, "Missing required parameter: 'STREAM'", "info");
        expectFailure(1, "'aeroframe list --watch' needs none", "top");
        expectFailure(2, "use 'aeroframe list --json --watch'", "top", "--json");
    }

    private void expectFailure(int status, String message, Object... arguments) throws Exception {
        AeroframeProcess process = sandbox.start(arguments);
        process.expectExit(status);
        assertTrue(process.errors().contains(message), process::toString);
    }

    @Test
    void topFitsTheTerminalAndLeavesItAsItWas() throws Exception {
        assumeTrue(Programs.isInstalled("python3"), "python3 is not installed, which makes the terminal");
        AeroframeProcess one = sandbox.start("publish", "pattern:320x240@50", "a_camera_of_the_north_gate");
        AeroframeProcess another = sandbox.start("publish", "pattern:320x240@50", "another");
        awaitList(seen -> seen.containsKey("streams.1.state"));
        AeroframeProcess top = sandbox.startCommand(terminal(60, "top"));
        Await.until("the table", () -> top.output().contains("another"), top::toString);
        Await.until("the keys", () -> top.output().contains("q quit"), top::toString);
        assertTrue(top.output().contains("2 streams"), top::toString);
        assertFalse(top.output().contains("PUBLISHER"), "of 60 columns: " + top);
        top.type("type /north\n");
        Await.until("the filter", () -> top.output().contains("1 of "), top::toString);
        top.type("type \r\n");
        top.type("type q\n");
        top.expectExit(0);
        assertTrue(top.output().contains("\033[?1049l"), "the screen that was there before: " + top);
        end(one, another);
    }

    private static List<String> terminal(int columns, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "python3",
                Path.of("src", "test", "resources", "terminal.py")
                        .toAbsolutePath()
                        .toString(),
                Integer.toString(columns)));
        command.addAll(AeroframeProcess.command(List.of(arguments)));
        return command;
    }

    private Map<String, Object> awaitList(Predicate<Map<String, Object>> condition) {
        List<Map<String, Object>> last = new ArrayList<>();
        Await.until(
                "streams in the list",
                () -> {
                    try {
                        last.add(look("list", "--json"));
                    } catch (IOException | InterruptedException ex) {
                        throw new IllegalStateException(ex);
                    }
                    return condition.test(last.get(last.size() - 1));
                },
                () -> last.get(last.size() - 1).toString());
        return last.get(last.size() - 1);
    }

    private Map<String, Object> look(Object... arguments) throws IOException, InterruptedException {
        AeroframeProcess process = sandbox.start(arguments);
        process.expectExit(0);
        return Report.parse(process.outputLines().get(0));
    }

    private static Map<String, Object> last(AeroframeProcess process) throws IOException {
        List<String> lines = process.outputLines();
        return Report.parse(lines.get(lines.size() - 1));
    }
}
