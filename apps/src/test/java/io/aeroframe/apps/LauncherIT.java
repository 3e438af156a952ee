package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void loadsClassesFromTheArchiveOfTheBuild() throws Exception {
        Path archive = Path.of("target", "aeroframe", "archive", System.getProperty("java.runtime.version") + ".jsa");
        assumeTrue(Files.exists(archive), "the build ran on another JDK");
        Path log = directory.resolve("classes");
        AeroframeProcess process = sandbox.startCommand(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "AEROFRAME_OPTS=-Xlog:class+load:file=" + log,
                SCRIPT.toString(),
                "--version"));
        process.expectExit(0);
        String classes = Files.readString(log);
        assertTrue(classes.contains("io.aeroframe.apps.Main source: shared objects file"), classes);
        assertTrue(classes.contains("picocli.CommandLine source: shared objects file"), classes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseParallelGC", "-Xmx12m", "-Xmx64m -Xms32m"})
    void aGarbageCollectorAndTheHeapCanBeChosen(String flags) throws Exception {
        AeroframeProcess process =
                sandbox.startCommand(List.of("env", "AEROFRAME_OPTS=" + flags, SCRIPT.toString(), "--version"));
        process.expectExit(0);
        assertEquals("", process.errors());
    }

    /** A release has its own Java runtime, and makes its archive at the first start, as it may lie anywhere. */
    @Test
    void aReleaseRunsWithoutJava() throws Exception {
        Path release = copyScripts(directory.resolve("aero frame"));
        Files.createSymbolicLink(
                release.resolve("lib"), Path.of("target/aeroframe/lib").toAbsolutePath());
        Files.createSymbolicLink(release.resolve("jre"), Path.of(System.getProperty("java.home")));
        List<String> command = List.of(
                "env", "JAVA_HOME=/nowhere", release.resolve("bin/aeroframe").toString(), "--version");
        AeroframeProcess first = sandbox.startCommand(command);
        first.expectExit(0);
        assertEquals(
                "aeroframe: the first start with this Java takes a few seconds longer ...",
                first.errors().strip());
        try (Stream<Path> archives = Files.list(release.resolve("archive"))) {
            List<Path> made = archives.toList();
            assertEquals(1, made.size(), made::toString);
            assertTrue(Files.size(made.get(0)) > 1 << 20, made::toString);
        }
        AeroframeProcess second = sandbox.startCommand(command);
        second.expectExit(0);
        assertEquals("", second.errors());
        makeOld(release.resolve("archive"));
        AeroframeProcess afterUpdate = sandbox.startCommand(command);
        afterUpdate.expectExit(0);
        assertEquals(first.errors(), afterUpdate.errors());
        assertEquals(first.outputLines(), afterUpdate.outputLines()); // and not a warning of the JVM's
    }

    private static void makeOld(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
            }
        }
    }

    /** Not by a look at every source: a start would wait for that. */
    @Test
    void buildsAgainAfterACommitOrCheckoutOnly() throws Exception {
        Path clone = directory.resolve("clone");
        Path apps = copyScripts(clone.resolve("apps"));
        Path built = Files.createDirectories(apps.resolve("target/aeroframe")).resolve("built");
        Files.createSymbolicLink(
                built.resolveSibling("lib"), Path.of("target/aeroframe/lib").toAbsolutePath());
        Path source = Files.createDirectories(apps.resolve("src")).resolve("New.java");
        Path branch = Files.createDirectories(clone.resolve(".git/refs/heads")).resolve("main");
        Path head = clone.resolve(".git/HEAD");
        Files.writeString(head, "ref: refs/heads/main\n");
        Files.writeString(branch, "0000\n");
        Path maven = Files.createDirectories(directory.resolve("path")).resolve("mvn");
        Files.writeString(maven, "#!/bin/sh\necho built >&2; touch '" + built + "'\n");
        assertTrue(maven.toFile().setExecutable(true));

        assertTrue(starts(apps, maven).contains("built"), "nothing was built yet");
        Files.writeString(source, "");
        setAge(source, -10);
        assertFalse(starts(apps, maven).contains("built"), "after an edit");
        setAge(branch, -10);
        assertTrue(starts(apps, maven).contains("built"), "after a commit");
        setAge(branch, 10);
        setAge(head, -10);
        assertTrue(starts(apps, maven).contains("built"), "after a checkout");
    }

    private String starts(Path apps, Path maven) throws Exception {
        Path built = apps.resolve("target/aeroframe/built");
        AeroframeProcess process = sandbox.startCommand(List.of(
                "env",
                "PATH=" + maven.getParent() + ":" + System.getenv("PATH"),
                apps.resolve("bin/aeroframe").toString(),
                "--version"));
        process.expectExit(0);
        if (Files.exists(built)) {
            setAge(built, 0);
        }
        return process.errors();
    }

    /** Sets when a file was changed last, in minutes before now. */
    private static void setAge(Path file, int minutes) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(minutes))));
    }

    private static Path copyScripts(Path home) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        for (String name : List.of("aeroframe", "aeroframe-archive")) {
            Files.copy(SCRIPT.resolveSibling(name), bin.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return home;
    }

    private void expectVersion(Path program) throws Exception {
        AeroframeProcess process = sandbox.startCommand(List.of(program.toString(), "--version"));
        process.expectExit(0);
        assertTrue(process.outputLines().get(0).matches("aeroframe \\d+\\..*"), process::toString);
        assertEquals("", process.errors());
    }
}
