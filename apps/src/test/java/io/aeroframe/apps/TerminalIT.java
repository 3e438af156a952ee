package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A terminal of a real size: the status line stays on one row of it. */
class TerminalIT {

    private static final Path TERMINAL = Path.of("src", "test", "resources", "terminal.py");

    /** Printed by the terminal where it got another width. */
    private static final char RESIZED = '\u001b';

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @BeforeEach
    void hasPython() {
        boolean isThere = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "python3")));
        assumeTrue(isThere, "python3 is not installed, which makes the terminal");
    }

    @Test
    void neitherSideWrapsAStatusLine() throws Exception {
        String stream = "a_stream_of_the_north_gate";
        AeroframeProcess publisher =
                startOn(80, "publish", "pattern:320x240@20", stream, "--frames", "70", "--await-subscriber");
        AeroframeProcess subscriber = startOn(80, "subscribe", stream, "null:");
        subscriber.expectExit(0);
        publisher.expectExit(0);
        expectColumns(subscriber, 80, "received");
        expectColumns(publisher, 80, "published");
    }

    @Test
    void aTerminalThatIsResizedHasNoWrappedLineEither() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@20", "s");
        AeroframeProcess subscriber = startOn(200, "subscribe", "s", "null:");
        awaitStatus(subscriber, 0);
        subscriber.type("40\n");
        Await.until("a resized terminal", () -> subscriber.output().indexOf(RESIZED) >= 0, subscriber::toString);
        int resized = subscriber.output().indexOf(RESIZED);
        awaitStatus(subscriber, resized); // may have been on its way
        int from = subscriber.output().length();
        awaitStatus(subscriber, from);
        publisher.interrupt();
        publisher.awaitExit();
        subscriber.awaitExit();
        List<String> lines = statusLines(subscriber.output().substring(from), "missed");
        assertTrue(!lines.isEmpty(), subscriber::toString);
        lines.forEach(line -> assertTrue(line.length() < 40, () -> "'" + line + "'"));
    }

    private static void awaitStatus(AeroframeProcess process, int from) {
        Await.until(
                "a status line",
                () -> statusLines(process.output().substring(from), "missed").size() > 1,
                process::toString);
    }

    private static void expectColumns(AeroframeProcess process, int columns, String verb) {
        List<String> lines = statusLines(process.output(), verb);
        assertTrue(lines.size() > 1, process::toString);
        lines.forEach(line -> assertTrue(line.length() < columns, () -> "'" + line + "' in " + process));
    }

    /** What was written at the beginning of a row to be replaced. */
    private static List<String> statusLines(String output, String word) {
        List<String> lines = new ArrayList<>();
        for (String row : output.split("\n")) {
            String[] texts = row.split("\r");
            Stream.of(texts)
                    .filter(text -> text.contains(word) && text.contains("missed"))
                    .forEach(lines::add);
        }
        return lines;
    }

    private AeroframeProcess startOn(int columns, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("python3", TERMINAL.toAbsolutePath().toString(), Integer.toString(columns)));
        List<String> aeroframe = AeroframeProcess.command(List.of(arguments));
        aeroframe.add(1, "-Daeroframe.terminal=true");
        command.addAll(aeroframe);
        return sandbox.startCommand(command);
    }
}
