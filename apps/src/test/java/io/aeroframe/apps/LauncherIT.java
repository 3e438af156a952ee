package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The script that people run. */
class LauncherIT {

    private static final Path SCRIPT = Path.of("bin", "aeroframe").toAbsolutePath();

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @BeforeEach
    void isBuilt() {
        assumeTrue(Files.exists(Path.of("target", "aeroframe", "built")), "the build has not packed the program yet");
        sandbox.workingDirectory(directory);
    }

    @Test
    void runsFromAnyDirectory() throws Exception {
        expectVersion(SCRIPT);
    }

    @Test
    void runsThroughLinks() throws Exception {
        Path nested = Files.createDirectories(directory.resolve("a b/bin"));
        Path absolute = Files.createSymbolicLink(nested.resolve("af"), SCRIPT);
        Path relative = Files.createSymbolicLink(directory.resolve("link"), Path.of("a b/bin/af"));
        expectVersion(absolute);
        expectVersion(relative);
    }

    @Test
    void passesArgumentsAndStatusOn() throws Exception {
        AeroframeProcess process = sandbox.startCommand(List.of(SCRIPT.toString(), "publish", "a b.mp4", "s"));
        process.expectExit(1);
        assertEquals(1, process.errorLines().size(), process::toString);
        assertTrue(process.errors().startsWith("aeroframe: a b.mp4: no such file"), process::toString);
    }

    @Test
    void ctrlCReachesTheProgram() throws Exception {
        AeroframeProcess process = sandbox.startCommand(List.of(SCRIPT.toString(), "driver"));
        process.awaitError("hosting the media driver");
        process.interrupt();
        process.expectExit(130);
    }

    private void expectVersion(Path program) throws Exception {
        AeroframeProcess process = sandbox.startCommand(List.of(program.toString(), "--version"));
        process.expectExit(0);
        assertTrue(process.outputLines().get(0).matches("aeroframe \\d+\\..*"), process::toString);
        assertEquals("", process.errors());
    }
}
