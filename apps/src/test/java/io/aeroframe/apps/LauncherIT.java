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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** The version of Java is in the JDK's release file, or else the JVM prints it. */
    @ParameterizedTest
    @CsvSource({
        "'JAVA_VERSION=\"11.0.2\"', exit 9, 11",
        "'JAVA_VERSION=\"1.8.0_302\"', exit 9, 8",
        "'IMPLEMENTOR=\"X\"', echo '    java.specification.version = 14' >&2, 14",
        ", echo '    java.specification.version = 1.8' >&2, 8",
        ", exit 9, 8"
    })
    void refusesAnOldJava(String release, String program, int version) throws Exception {
        Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + program + "\n");
        assertTrue(java.toFile().setExecutable(true));
        if (release != null) {
            Files.writeString(directory.resolve("jdk/release"), release + "\n");
        }
        AeroframeProcess process = sandbox.startCommand(
                List.of("env", "JAVA_HOME=" + directory.resolve("jdk"), SCRIPT.toString(), "--version"));
        process.expectExit(1);
        assertEquals(
                "aeroframe: " + java + " is Java " + version + ": 17 or newer is needed; set JAVA_HOME",
                process.errors().strip());
    }

    private void expectVersion(Path program) throws Exception {
        AeroframeProcess process = sandbox.startCommand(List.of(program.toString(), "--version"));
        process.expectExit(0);
        assertTrue(process.outputLines().get(0).matches("aeroframe \\d+\\..*"), process::toString);
        assertEquals("", process.errors());
    }
}
