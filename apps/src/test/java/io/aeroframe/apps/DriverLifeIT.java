package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers and publishers that come, go, and are killed. */
class DriverLifeIT {

    private static final String SMALL = "pattern:320x240@60";

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @Test
    void aDriverOfItsOwnServesPublishersThatComeAndGo() throws Exception {
        AeroframeProcess driver = sandbox.start("driver");
        driver.awaitError("hosting the media driver");
        for (int i = 0; i < 2; i++) {
            AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--json");
            AeroframeProcess publisher =
                    sandbox.start("publish", SMALL, "s", "--frames", 20, "--lossless", "--await-subscriber", "--json");
            Report.expectNothingMissing(Report.of(publisher), Report.of(subscriber));
        }
        AeroframeProcess second = sandbox.start("driver");
        second.expectExit(1);
        assertTrue(second.errors().contains("another process hosts the media driver already"), second::toString);
        assertEquals(1, second.errorLines().size(), second::toString);
        driver.interrupt();
        driver.expectExit(130);
    }

    @Test
    void anotherSessionsAeronDriverIsUsedAndLeftAlone() throws Exception {
        Path aeronDirectory = sandbox.directory("foreign").resolve("aeron");
        try (MediaDriver driver = MediaDriver.launch(new MediaDriver.Context()
                        .aeronDirectoryName(aeronDirectory.toString())
                        .threadingMode(ThreadingMode.SHARED)
                        .counterValuesBufferLength(1 << 20)
                        .dirDeleteOnShutdown(true));
                Aeron stranger = Aeron.connect(new Aeron.Context().aeronDirectoryName(aeronDirectory.toString()))) {
            AeroframeProcess subscriber =
                    sandbox.start("subscribe", "s", "null:", "--json", "--aeron-dir", aeronDirectory);
            AeroframeProcess publisher = sandbox.start(
                    "publish",
                    SMALL,
                    "s",
                    "--frames",
                    20,
                    "--lossless",
                    "--await-subscriber",
                    "--json",
                    "--aeron-dir",
                    aeronDirectory);
            Report.expectNothingMissing(Report.of(publisher), Report.of(subscriber));
            assertTrue(Files.exists(aeronDirectory.resolve("cnc.dat")));
            assertFalse(Files.exists(sandbox.baseDirectory()), "no driver of our own");
            try (var publication = stranger.addPublication("aeron:ipc", 7)) {
                assertFalse(publication.isClosed(), "the driver serves others on");
            }
            assertEquals(aeronDirectory.toString(), driver.aeronDirectoryName());
        }
    }

    /** Also to a run that ends by the clock. */
    @ParameterizedTest
    @ValueSource(strings = {"--no-follow", "--seconds=12"})
    void aPublisherThatIsKilledIsReportedAsVanished(String end) throws Exception {
        AeroframeProcess driver = sandbox.start("driver");
        driver.awaitError("hosting the media driver");
        AeroframeProcess publisher = sandbox.start("publish", SMALL, "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", end);
        subscriber.awaitOutputLines(3);
        publisher.kill();
        subscriber.expectExit(1);
        assertTrue(subscriber.errors().contains("its publisher vanished"), subscriber::toString);
        driver.interrupt();
        driver.expectExit(130);
    }

    @Test
    void aSecondPublisherOfANameLearnsThatItStandsBy() throws Exception {
        AeroframeProcess driver = sandbox.start("driver");
        driver.awaitError("hosting the media driver");
        AeroframeProcess first = sandbox.start("publish", SMALL, "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--follow");
        subscriber.awaitOutputLines(3);
        AeroframeProcess second = sandbox.start("publish", SMALL, "s", "--frames", "50", "--json");
        second.expectExit(1);
        assertTrue(second.errors().contains("this one stands by"), second::toString);
        assertTrue(second.errors().contains("nobody saw its frames"), second::toString);
        assertEquals(50, Report.ofOutput(second).number("ledger.on_standby"));
        AeroframeProcess third = sandbox.start("publish", SMALL, "s");
        third.awaitError("this one stands by");
        first.interrupt();
        first.expectExit(130);
        third.awaitError("this publisher is followed now");
        for (AeroframeProcess process : List.of(third, subscriber, driver)) {
            process.interrupt();
            process.expectExit(130);
        }
    }

    @Test
    void aSubscriberTakesOverFromAHostThatIsKilledAndGoesOnWithTheNextPublisher() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", SMALL, "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--verbose");
        subscriber.awaitOutputLines(3);
        publisher.kill();
        subscriber.awaitError("connected to the next media driver, which this process hosts");
        int before = subscriber.outputLines().size();
        AeroframeProcess next = sandbox.start("publish", SMALL, "s");
        subscriber.awaitOutputLines(before + 20);
        next.interrupt();
        next.expectExit(130);
        subscriber.expectExit(0); // the next one said that the stream has ended
        assertEquals(List.of(), sandbox.leftovers());
    }

    @Test
    void aPublisherTakesOverFromAHostThatIsKilled() throws Exception {
        AeroframeProcess driver = sandbox.start("driver");
        driver.awaitError("hosting the media driver");
        AeroframeProcess publisher = sandbox.start("publish", SMALL, "s", "--verbose");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--verbose");
        subscriber.awaitOutputLines(3);
        driver.kill();
        publisher.awaitError("connected to the next media driver");
        subscriber.awaitError("connected to the next media driver");
        subscriber.awaitOutputLines(subscriber.outputLines().size() + 20);
        publisher.interrupt();
        publisher.expectExit(130);
        subscriber.expectExit(0);
        assertEquals(List.of(), sandbox.leftovers());
    }

    @Test
    void aSubscriberThatIsKilledDoesNotStopALosslessPublisherForLong() throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish", SMALL, "s", "--frames", 600, "--fps", "max", "--lossless", "--await-subscriber", "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:");
        subscriber.awaitOutputLines(1);
        subscriber.kill();
        publisher.expectExit(0);
    }

    @Test
    void aClosedPipeIsOneLine() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", SMALL, "s");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" | head -n 2", "sh"));
        command.addAll(AeroframeProcess.command(List.of("subscribe", "s", "digest:")));
        AeroframeProcess pipeline = sandbox.startCommand(command);
        pipeline.expectExit(0);
        assertEquals(2, pipeline.outputLines().size(), pipeline::toString);
        List<String> complaints = complaints(pipeline);
        assertEquals(1, complaints.size(), pipeline::toString);
        assertTrue(complaints.get(0).startsWith("aeroframe: digest: no more lines can be written"), pipeline::toString);
        assertFalse(pipeline.errors().contains("\tat "), pipeline::toString);
        publisher.interrupt();
        publisher.expectExit(130);
    }

    /** What is not the summary of the frames until then. */
    private static List<String> complaints(AeroframeProcess process) {
        return process.errorLines().stream()
                .filter(line -> line.startsWith("aeroframe: "))
                .toList();
    }

    @Test
    void aSecondPublisherOfANameStandsBy() throws Exception {
        AeroframeProcess first = sandbox.start("publish", SMALL, "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json");
        subscriber.awaitOutputLines(1);
        AeroframeProcess second = sandbox.start("publish", SMALL, "s");
        subscriber.awaitError("a second publication of this name");
        for (AeroframeProcess process : List.of(second, subscriber, first)) {
            process.interrupt();
            process.expectExit(130);
        }
        Report received = Report.ofOutput(subscriber);
        received.expectClosedLedger();
        assertEquals(0, received.number("ledger.lost"));
    }
}
