package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands' loops leave to the garbage collector. */
class SteadyStateIT {

    /** Starting takes a few collections of a young generation of 8 MiB. */
    private static final int MAX_COLLECTIONS = 10;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    /** At millions of polls a second, an object for each would mean a hundred collections a second. */
    @ParameterizedTest
    @ValueSource(strings = {"spin", "yield", "wait"})
    void waitingForFramesAndReceivingThemAllocatesNothing(String idle) throws Exception {
        AeroframeProcess publisher =
                start("publisher", "publish", "pattern:320x240@100", "steady", "--await-subscriber");
        AeroframeProcess subscriber =
                start("subscriber", "subscribe", "steady", "null:", "--idle", idle, "--frames", "400");
        subscriber.expectExit(0);
        publisher.interrupt();
        publisher.awaitExit();
        for (String name : List.of("publisher", "subscriber")) {
            List<String> collections = Files.readAllLines(directory.resolve(name)).stream()
                    .filter(line -> line.contains("Pause"))
                    .toList();
            assertTrue(
                    collections.size() <= MAX_COLLECTIONS,
                    () -> name + ": " + collections.size() + " collections, the first " + collections.get(0));
        }
    }

    private AeroframeProcess start(String name, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(AeroframeProcess.command(List.of(arguments)));
        command.addAll(1, List.of("-Xmn8m", "-Xms16m", "-Xlog:gc:file=" + directory.resolve(name)));
        return sandbox.startCommand(command);
    }
}
