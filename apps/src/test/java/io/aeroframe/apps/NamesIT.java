package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that files have: what exists is meant, whatever it is called. */
class NamesIT {

    private static final int VIDEO_FRAMES = 10;
    private static final Path JVMS = Path.of("/usr/lib/jvm");

    @TempDir
    private static Path clips;

    private static Path clip;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeClip() throws Exception {
        assumeTrue(Programs.isInstalled("ffmpeg"), "ffmpeg is not installed");
        clip = Pictures.film(clips.resolve("clip.mp4"), "64x48", VIDEO_FRAMES);
    }

    @BeforeEach
    void workThere() {
        sandbox.workingDirectory(directory);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Clip [id].mp4",
                "what?.mp4",
                "*.mp4",
                "a{1}.mkv",
                "100%d.mp4",
                "a#b&c.mp4",
                "2026-11-30 12:30:05.mp4",
                "clip12:30.mp4",
                "tcp:x.mp4",
                "pattern:x.mp4",
                "camera:1.mp4",
                "zmq:a.mp4",
                "-clip.mp4",
                "7"
            })
    void aFileIsThatFile(String name) throws Exception {
        Files.copy(clip, directory.resolve(name));
        assertEquals(10, published(name));
    }

    @Test
    void aDirectoryIsThatDirectory() throws Exception {
        pictures("shots[1]/a.png", "shots[1]/b.png");
        assertEquals(2, published("shots[1]"));
    }

    /** From any number on, with gaps, by number. */
    @ParameterizedTest
    @CsvSource({"shots/%06d.png, 3", "shots/%d.png, 2", "shots/50%%-%03d.png, 2"})
    void aNumberIsFilledIn(String name, int count) throws Exception {
        pictures("shots/000007.png", "shots/000019.png", "shots/1000000.png", "shots/0000008.png", "shots/000009.jpg");
        pictures("shots/12.png", "shots/50%-009.png", "shots/50%-010.png");
        assertEquals(count, published(name));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            shots/%06d.png    | shots/%06d.png: no such directory: shots
            ./%06d.png        | ./%06d.png: no file has such a name with a number in the place of %d
            %d/%06d.png       | %d/%06d.png: the number must be in the file name, not in a directory's
            no:such.mp4       | source 'no:such.mp4' is not known, and no file has this name: known are a camera
            -clip.mp4         | '-clip.mp4' begins like an option: a file of this name is written ./-clip.mp4
            /dev/video77      | camera /dev/video77: no such device
            """)
    void whatIsMissingIsNamed(String name, String message) throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", name, "s");
        publisher.awaitExit();
        assertTrue(publisher.errors().startsWith("aeroframe: " + message), publisher::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip12:30.mp4", "at 12:30:05.png", "./-out.mkv", "./zmq:a.png"})
    void aSinkIsAFileToo(String name) throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", name, "--every");
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:64x48@50", "s", "--frames", 5, "--await-subscriber", "--lossless");
        publisher.expectExit(0);
        subscriber.expectExit(0);
        assertTrue(Files.size(directory.resolve(name)) > 0, name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zmq:a.png  | ; a file of this name is written ./zmq:a.png
            -out.mp4   | '-out.mp4' begins like an option: a file of this name is written ./-out.mp4
            """)
    void aSinkThatIsNoFileNamesTheWayOut(String name, String message) throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", name);
        subscriber.expectExit(2);
        assertTrue(subscriber.errors().contains(message), subscriber::toString);
    }

    static List<Path> jdks() throws IOException {
        List<Path> jdks = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        if (Files.isDirectory(JVMS)) {
            try (Stream<Path> others = Files.list(JVMS)) {
                others.filter(home -> Files.exists(home.resolve("release")) && !Files.isSymbolicLink(home))
                        .forEach(jdks::add);
            }
        }
        return jdks;
    }

    /** As in a container that has no locale. */
    @ParameterizedTest
    @MethodSource("jdks")
    void namesNeedNoLocale(Path jdk) throws Exception {
        Path launcher = Path.of("bin", "aeroframe").toAbsolutePath();
        assumeTrue(Files.exists(Path.of("target", "aeroframe", "built")), "the build has not packed the program yet");
        Path publish = script("publish", "cp " + clip + " 'Grüße 世界.mp4'", """
                exec "$0" publish 'Grüße 世界.mp4' Straße --json --await-subscriber --lossless""");
        Path subscribe = script("subscribe", """
                "$0" subscribe Straße 'Käse 12:30.mp4' --json && test -s 'Käse 12:30.mp4'""");
        List<String> shell = List.of("env", "-u", "LANG", "LC_ALL=C", "JAVA_HOME=" + jdk, "sh");
        AeroframeProcess subscriber = sandbox.startCommand(concat(shell, subscribe.toString(), launcher.toString()));
        AeroframeProcess publisher = sandbox.startCommand(concat(shell, publish.toString(), launcher.toString()));
        publisher.expectExit(0);
        subscriber.expectExit(0);
        assertEquals("Straße", Report.ofOutput(publisher).summary().get("stream"));
        assertEquals("Straße", Report.ofOutput(subscriber).summary().get("stream"));
        assertEquals(VIDEO_FRAMES, Report.ofOutput(subscriber).number("received"));
    }

    /** A script for the names that the test's own JVM may not be able to write. */
    private Path script(String name, String... lines) throws IOException {
        String text = "launcher=$1\n" + String.join("\n", lines).replace("$0", "$launcher") + "\n";
        return Files.writeString(directory.resolve(name), text);
    }

    private static List<String> concat(List<String> first, String... rest) {
        return Stream.concat(first.stream(), Stream.of(rest)).toList();
    }

    private long published(String name) throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", name, "s", "--fps", "max", "--json");
        return Report.of(publisher).number("published");
    }

    private void pictures(String... names) throws Exception {
        for (String name : names) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Pictures.write(file, Pictures.photograph(80, 40, 1));
        }
    }
}
