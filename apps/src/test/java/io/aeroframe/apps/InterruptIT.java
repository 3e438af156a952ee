package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ctrl-C at any moment ends a command with 130 and leaves nothing behind. */
class InterruptIT {

    private static final int INTERRUPTED = 130;
    private static final int EARLIEST_MS = 50;
    private static final int LATEST_MS = 1_500;
    private static final int RUNS = Boolean.getBoolean("faults") ? 30 : 3;
    private static final String SMALL = "pattern:320x240@60";

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void bothSidesOverIpc(long seed) throws Exception {
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            AeroframeProcess publisher = sandbox.start("publish", SMALL, "s");
            AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:");
            interruptBoth(random, publisher, subscriber);
            assertTrue(List.of(0, INTERRUPTED).contains(publisher.awaitExit()), publisher::toString);
            expectEnd(subscriber);
            assertEquals(List.of(), sandbox.leftovers(), () -> publisher + "\n" + subscriber);
        }
    }

    /** Here either may host the driver. */
    @Test
    void bothSidesOverUdp() throws Exception {
        Random random = new Random(3);
        for (int run = 0; run < RUNS; run++) {
            String channel = Pictures.freeChannel();
            AeroframeProcess publisher = sandbox.start("publish", SMALL, "s", "--channel", channel);
            AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--channel", channel);
            interruptBoth(random, publisher, subscriber);
            expectEnd(publisher);
            expectEnd(subscriber);
            assertEquals(List.of(), sandbox.leftovers(), () -> publisher + "\n" + subscriber);
        }
    }

    /** The one signalled second may have found its stream ended before. */
    private static void expectEnd(AeroframeProcess process) throws InterruptedException {
        int status = process.awaitExit();
        assertTrue(status == 0 || status == INTERRUPTED, process::toString);
    }

    private static void interruptBoth(Random random, AeroframeProcess publisher, AeroframeProcess subscriber)
            throws InterruptedException {
        boolean isPublisherFirst = random.nextBoolean();
        AeroframeProcess first = isPublisherFirst ? publisher : subscriber;
        AeroframeProcess second = isPublisherFirst ? subscriber : publisher;
        assertFalse(first.endsWithin(random.nextInt(EARLIEST_MS, LATEST_MS)), first::toString);
        first.interrupt();
        second.endsWithin(random.nextInt(0, LATEST_MS));
        second.interrupt();
        first.expectExit(INTERRUPTED);
        expectNoTrace(first);
        second.awaitExit();
        expectNoTrace(second);
    }

    @Test
    void aPublisherThatAwaitsASubscriber() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", SMALL, "s", "--await-subscriber");
        sandbox.awaitDriver();
        interruptAndExpect(publisher);
    }

    @Test
    void aLosslessPublisherThatWaitsForAStoppedSubscriber() throws Exception {
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:1280x720", "s", "--lossless", "--fps", "max", "--await-subscriber");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--no-follow");
        subscriber.awaitOutputLines(3);
        subscriber.signal("STOP");
        assertFalse(publisher.endsWithin(500), publisher::toString);
        interruptAndExpect(publisher);
        subscriber.signal("CONT");
        assertTrue(List.of(0, 1).contains(subscriber.awaitExit()), subscriber::toString);
        expectNoTrace(subscriber);
    }

    @Test
    void aSubscriberThatWaitsForAPublisher() throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--timeout", "1h");
        assertFalse(subscriber.endsWithin(1_000), subscriber::toString);
        interruptAndExpect(subscriber);
    }

    @Test
    void aHostedDriver() throws Exception {
        AeroframeProcess driver = sandbox.start("driver");
        driver.awaitError("hosting the media driver");
        interruptAndExpect(driver);
    }

    /** As a script starts it with {@code &}: a shell has such a process ignore Ctrl-C. */
    @Test
    void aCommandThatAScriptStartedInTheBackground() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" & echo $!; wait $!", "sh"));
        command.addAll(AeroframeProcess.command(List.of("driver")));
        AeroframeProcess script = sandbox.startCommand(command);
        script.awaitError("hosting the media driver");
        long pid = Long.parseLong(script.outputLines().get(0));
        assertEquals(
                0,
                new ProcessBuilder("kill", "-INT", Long.toString(pid)).start().waitFor());
        script.expectExit(INTERRUPTED);
        expectNoTrace(script);
        assertEquals(List.of(), sandbox.leftovers(), script::toString);
    }

    @Test
    void aDemo() throws Exception {
        AeroframeProcess demo = sandbox.start("demo", "--seconds", "60");
        demo.awaitError("there is no display");
        sandbox.awaitDriver();
        interruptAndExpect(demo);
    }

    private static void interruptAndExpect(AeroframeProcess process) throws InterruptedException {
        process.interrupt();
        process.expectExit(INTERRUPTED);
        expectNoTrace(process);
    }

    private static void expectNoTrace(AeroframeProcess process) {
        assertFalse(process.errors().contains("\tat "), process::toString);
        assertFalse(process.errors().contains("Exception"), process::toString);
    }
}
