package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mistake costs its maker one line that says what was wrong, and leaves nothing behind. */
class MistakesIT {

    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    /** For the command line within this JVM, which is enough for what is refused before anything is done. */
    private static final StopSignal STOP = StopSignal.install();

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @AfterAll
    static void finish() {
        STOP.finished();
    }

    /** A source that cannot be opened, and words that the line must have. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    publish missing.mp4 s                                   | missing.mp4: no such file
                    publish missing.png s                                   | missing.png: no such file
                    publish missing/ s                                      | missing/: no such
                    publish empty.mp4 s                                     | empty.mp4: is empty
                    publish empty.png s                                     | empty.png: the file is empty
                    publish missing.yuv s                                   | missing.yuv: no such file
                    publish empty.yuv s --input-size 2x2 --input-format gray | empty.yuv: is empty
                    publish short.yuv s --input-size 9x9 --input-format gray | short.yuv: has 80 bytes, which is less
                    publish corrupt.mp4 s                                   | corrupt.mp4 is not a video
                    publish corrupt.png s                                   | corrupt.png: not a picture
                    publish corrupt.jpg s                                   | corrupt.jpg
                    publish empty s                                         | empty: no pictures in it
                    publish none*.png s                                     | none*.png
                    publish 77 s                                            | 77
                    publish http://127.0.0.1:1/x.mp4 s                      | http://127.0.0.1:1/x.mp4
                    """)
    void aSourceThatCannotBeOpenedIsAFailureOfOneLine(String typed, String expected) throws Exception {
        prepareFiles();
        String[] arguments = Stream.of(typed.split(" +"))
                .map(word -> word.matches("(missing|empty|corrupt|short|none).*") ? directory + "/" + word : word)
                .toArray(String[]::new);
        assertEquals(1, expectOneLine(FAILED, arguments, expected).size());
    }

    /** What is typed, and words that the line must have. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    subscribe nobody null: --timeout 1s                     | 'nobody': no frame came within
                    subscribe nobody nothing.mp4 --seconds 1                | 'nobody': no frame came in time
                    subscribe nobody null: --seconds 1 --channel udp:127.0.0.1:41234 | 'nobody': no frame came in time
                    subscribe s empty.mp4/%06d.png                          | empty.mp4 is not a directory
                    subscribe s /proc/aeroframe/%06d.png                    | /proc/aeroframe cannot be made
                    subscribe s null: --channel udp:192.0.2.1:4000          | does not belong to this host
                    subscribe s null: --channel udp:no.such.host.invalid:4000 | cannot be resolved
                    publish pattern: s --channel udp:no.such.host.invalid:4000 | cannot be resolved
                    publish pattern: s --channel aeron:udp?endpoint=239.1.1.1:4!interface=192.0.2.77 | has no multicast
                    subscribe s null: --channel aeron:udp?endpoint=239.1.1.1:4000!interface=none0 | no interface 'none0'
                    publish pattern: s --channel aeron:udp?control=198.51.100.7:4000 | does not belong to this host
                    publish pattern: s --aeron-dir empty                    | no media driver is running there
                    view s                                                  | there is no display
                    """)
    void aFailureIsOneLine(String typed, String expected) throws Exception {
        prepareFiles();
        AeroframeProcess process =
                sandbox.start((Object[]) typed.replace('!', '|').split(" +"));
        process.expectExit(FAILED);
        expectLines(process, 1, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    publish foo:bar s                        | 'foo:bar'
                    publish - s --pipe mp4                   | --pipe mp4 is not known
                    publish - s --pipe raw:640:bgr24         | the size '640'
                    publish - s --pipe-digits 65             | --pipe-digits 65: give 1 to 64
                    publish pattern: s --pipe jpeg           | --pipe jpeg is for a pipe
                    subscribe s - --json                     | --json writes to standard output
                    subscribe s - --pipe avi                 | --pipe avi is not known
                    subscribe s null: --pipe-digits 16       | --pipe-digits 16 is for a pipe
                    publish zmq:localhost s                  | 'localhost' is not tcp://HOST:PORT
                    publish zmq:tcp://h:1?bnd s              | the option 'bnd' is not one of
                    publish zmq:tcp://h:1?base64 s           | base64 is recognized when reading
                    subscribe s zmq:tcp://*:1?connect        | can be bound only
                    subscribe s zmq:tcp://h:1#a?imagezmq     | imagezmq has neither topics nor base64
                    publish shm:a/b?size=2x2 s               | 'a/b' is not a name of shared memory
                    publish shm:a s                          | nothing says what is in it
                    publish shm:a?size=2x2&format=bgr25 s    | 'bgr25' is not one of
                    publish shm:a?size=2x2&shape=b s         | both shape and size
                    publish ros:camera s                     | not a topic of ROS
                    publish stream:s s                       | cannot be its own source
                    publish stream:a?size=2x2 s              | the option 'size' is not channel
                    subscribe s stream:a                     | a stream is a source
                    publish '' s                             | the source is empty
                    publish pattern:0x0 s                    | pattern:0x0
                    publish pattern: ''                      | the stream name is empty
                    subscribe '' null:                       | the stream name is empty
                    publish pattern: s --channel udp         | channel 'udp'
                    publish pattern: s --channel udp:        | channel 'udp:'
                    publish pattern: s --channel udp:host    | channel 'udp:host'
                    publish pattern: s --channel udp:h:99999 | '99999'
                    publish pattern: s --channel udp:h:0     | 'udp:h:0'
                    publish pattern: s --channel aeron:tcp   | aeron:tcp
                    publish pattern: s --channel udp:239.1.1.2:4000 | ends in an even number
                    subscribe s null: --channel aeron:udp?control=127.0.0.1:4000 | needs its own address beside
                    publish pattern: s --channel aeron:udp?control=127.0.0.1:4000!control-mode=manual | is not dynamic
                    publish pattern: s --size 0x0            | '0x0'
                    publish pattern: s --size 640            | '640'
                    publish pattern: s --size 60000x60000    | --size 60000x60000:
                    publish a.mp4 s --size 60000x60000 --format gray8 | --size 60000x60000:
                    publish pattern:640x480@30fpm s          | '30fpm' is not a rate
                    publish pattern: s --channel udp:h:1?interface | 'interface' is not a parameter
                    subscribe s null: --max-frame-bytes 5GiB | '5GiB' is more than 2147483647 bytes
                    publish pattern: s --quality 0           | --quality 0
                    publish pattern: s --quality 101         | --quality 101
                    publish pattern: s --quality ten         | 'ten'
                    publish pattern: s --fps -1              | '-1'
                    publish pattern: s --fps 0               | '0'
                    publish pattern: s --fps fast            | 'fast'
                    publish pattern: s --fps NaN             | 'NaN'
                    publish pattern: s --ttl 0               | '0'
                    publish pattern: s --frames 0            | --frames 0
                    publish pattern: s --frames many         | 'many'
                    publish pattern: s --seconds soon        | 'soon'
                    publish pattern: s --format yuv          | 'yuv'
                    publish pattern: s --encoding h264       | 'h264'
                    publish pattern: s --encoding raw --quality 9 | --quality 9 is for JPEG
                    publish pattern: s --subsampling 411     | '411' is not one of 444, 422, 420, gray
                    publish pattern: s --encoding raw --subsampling 444 | --subsampling 444 is for JPEG
                    publish pattern: s --encoding zstd --subsampling 444 | --subsampling 444 is for JPEG
                    publish pattern: s --encoding zstd --quality 9 | --quality 9 is for JPEG
                    publish pattern: s --encoding jpeg --format rgb24 | --format rgb24 is for raw and zstd frames
                    publish pattern: s --idle never          | 'never'
                    publish pattern: s --slots 2             | --slots 2: give 3 to 256
                    publish pattern: s --slots 257           | --slots 257: give 3 to 256
                    publish pattern: s --slots few           | 'few'
                    publish pattern: s --pool maybe          | 'maybe'
                    publish pattern: s --pool off --slots 4  | --slots 4 is for shared memory
                    publish pattern: s --pool on --channel udp:127.0.0.1:4000 | --pool on is for IPC
                    publish pattern: s --slots 4 --channel udp:127.0.0.1:4000 | --slots 4 is for IPC
                    help nothing                             | 'nothing'
                    publish pattern: s t                     | 't'
                    publish pattern: s --fourcc MJPG         | is for a camera, and 'pattern:' is a test picture
                    publish clip.mp4 s --fourcc MJPG         | 'clip.mp4' is a video file: leave it out
                    publish clip.mp4 --fps=29.97             | Missing required parameter: 'STREAM'
                    publish nosuch:x s --loop                | source 'nosuch:x' is not known
                    publish cat.jpg s --start 5              | 'cat.jpg' is a set of pictures: leave it out
                    publish pattern: s --input-option a=b    | is for a video file or an address or a live address
                    publish clip.mp4 s --input-option SECRET | --input-option: give KEY=VALUE
                    publish 0 s --protocol-whitelist file    | '0' is a camera: leave it out
                    publish pattern: s --loop                | --loop is for a set of pictures or a video file
                    publish 0 s --loop                       | '0' is a camera: leave it out
                    publish - s --loop                       | '-' is a pipe: leave it out
                    publish rtsp://127.0.0.1:1/x s --loop    | is a live address: leave it out
                    publish clip.mp4 s --input-size 640x480  | --input-size is for a raw video file, and 'clip.mp4' is a
                    publish pattern: s --input-format nv12   | --input-format is for a raw video file, and 'pattern:' is
                    publish 0 s --input-size vga             | is a camera: leave it out
                    publish - s --input-format nv12          | '-' is a pipe: leave it out
                    publish clip.yuv s --input-size 640      | '640'
                    publish clip.yuv s --reconnect on        | is a raw video file: leave it out
                    publish clip.mp4 s --reconnect off       | --reconnect is for a live address or an address
                    publish zmq:tcp://h:1 s --start 5        | is ZeroMQ: leave it out
                    publish shm:a?size=2x2&format=bgr24 s --loop | is shared memory: leave it out
                    publish ros:/a s --reconnect on          | is a topic of ROS: leave it out
                    publish stream:a s --fourcc YUYV         | is another stream: leave it out
                    publish pattern: s --fsp 20              | '--fsp'
                    publish --nope                           | '--nope'
                    publish pattern:                         | 'STREAM'
                    publish                                  | 'SOURCE', 'STREAM'
                    subscribe s                              | 'SINK'
                    subscribe s bar:                         | 'bar:'
                    subscribe s clip.xyz                     | 'clip.xyz'
                    subscribe s null: --latest --every       | mutually exclusive
                    subscribe s null: --timeout 0            | '0'
                    subscribe s null: --max-frame-bytes 0    | --max-frame-bytes 0
                    view                                     | 'STREAM'
                    demo --seconds 0                         | '0'
                    driver now                               | 'now'
                    publsh pattern: s                        | no command 'publsh'; there are demo, publish
                    --nope                                   | '--nope'
                    """)
    void wrongUsageIsOneLineAndWhereToReadOn(String typed, String expected) throws Exception {
        String[] arguments = Stream.of(typed.replace('!', '|').split(" +"))
                .map(word -> word.equals("''") ? "" : word)
                .toArray(String[]::new);
        expectWrongUsage(arguments, expected);
    }

    private static void expectWrongUsage(String[] arguments, String expected) {
        List<String> lines = expectOneLine(WRONG_USAGE, arguments, expected);
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(1).matches("Try 'aeroframe.* --help'\\."), lines::toString);
    }

    /** Runs a command in this JVM, and returns what it printed on standard error. */
    private static List<String> expectOneLine(int status, String[] arguments, String expected) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertEquals(status, execute(out, err, arguments), err::toString);
        List<String> lines = err.toString().lines().toList();
        assertTrue(lines.get(0).startsWith("aeroframe: "), err::toString);
        assertTrue(lines.get(0).contains(expected), () -> "'" + expected + "' in " + err);
        assertFalse(lines.get(0).contains("Exception"), err::toString);
        assertEquals("", out.toString());
        return lines;
    }

    private static int execute(StringWriter out, StringWriter err, String... arguments) {
        return Main.commandLine(STOP)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    /** What is typed behind the name of a raw video file of 12 bytes, and words that the line must have. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                | add --input-size WxH and --input-format FORMAT, such as
                    --input-format nv12               | frames: add --input-size WxH, such as
                    --input-size 2x2                  | frames: add --input-format FORMAT, such as
                    --input-size 2x2 --input-format x | the pixel format 'x'
                    """)
    void rawVideoThatIsNotDescribedIsRefused(String typed, String expected) throws Exception {
        Path film = Files.write(directory.resolve("film.yuv"), new byte[12]);
        expectWrongUsage(("publish " + film + " s " + typed).split(" +"), expected);
    }

    /** As {@code | head} ends it. */
    @ParameterizedTest
    @CsvSource({"null:, --json", "digest:, --verbose"})
    void aReaderOfItsLinesThatEndsIsAFailureOfOneLine(String sink, String option) throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@60", "s");
        List<String> command =
                new ArrayList<>(List.of("bash", "-c", "\"$@\" | head -1; exit ${PIPESTATUS[0]}", "bash"));
        command.addAll(AeroframeProcess.command(List.of("subscribe", "s", sink, option)));
        AeroframeProcess subscriber = sandbox.startCommand(command);
        subscriber.expectExit(FAILED);
        assertEquals(1, subscriber.outputLines().size(), subscriber::toString);
        assertTrue(subscriber.errors().contains("no more lines can be written (Broken pipe)"), subscriber::toString);
        publisher.interrupt();
        publisher.expectExit(130);
    }

    @Test
    void aTimeToLiveWithoutAUnitIsReportedInSeconds() throws Exception {
        AeroframeProcess process = sandbox.start("publish", "missing.mp4", "s", "--ttl", "100");
        process.expectExit(FAILED);
        assertEquals(
                "aeroframe: --ttl 100 is 100 seconds; for milliseconds type --ttl 100ms",
                process.errorLines().get(0));
    }

    @Test
    void wrongUsageEndsTheProcessWithItsStatus() throws Exception {
        AeroframeProcess process = sandbox.start("publish", "pattern:", "s", "--quality", 0);
        process.expectExit(WRONG_USAGE);
        expectLines(process, 2, "--quality 0");
    }

    @Test
    void aCodecThatThereIsNotIsAFailureOfOneLine() throws Exception {
        List<String> command = AeroframeProcess.command(List.of("publish", "pattern:", "s", "--encoding", "jpeg"));
        command.add(1, "-Daeroframe.jpeg=turbojpeg");
        AeroframeProcess process = sandbox.startCommand(command);
        process.expectExit(FAILED);
        expectLines(process, 1, "-Daeroframe.jpeg=turbojpeg: give turbo or opencv");
    }

    /** On the polling thread, and on the sink's own. */
    @ParameterizedTest
    @ValueSource(strings = {"--every", "--latest"})
    void aSinkThatRunsOutOfMemoryEndsTheCommand(String which) throws Exception {
        List<String> command = AeroframeProcess.command(
                List.of("subscribe", "s", directory.resolve("%06d.png").toString(), which));
        command.add(1, "-XX:MaxDirectMemorySize=1m");
        AeroframeProcess subscriber = sandbox.startCommand(command);
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:1920x1080@10", "s", "--format", "native", "--encoding", "jpeg");
        subscriber.expectExit(FAILED);
        assertTrue(subscriber.errors().contains("aeroframe: not enough memory: "), subscriber::toString);
        publisher.interrupt();
        publisher.awaitExit();
    }

    @Test
    void noCommandAtAllShowsTheHelp() throws Exception {
        AeroframeProcess process = sandbox.start();
        process.expectExit(WRONG_USAGE);
        assertTrue(process.errors().contains("Usage: aeroframe"), process::toString);
        assertTrue(process.errors().contains("aeroframe: a command is missing"), process::toString);
        assertTrue(process.errors().contains("  aeroframe demo\n"), process::toString);
        assertTrue(process.errorLines().get(process.errorLines().size() - 1).contains("'aeroframe demo'"));
    }

    @ParameterizedTest
    @CsvSource({
        "--help",
        "publish --help",
        "subscribe --help",
        "view --help",
        "demo --help",
        "driver --help",
        "help",
        "help publish"
    })
    void helpIsNoMistake(String typed) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertEquals(0, execute(out, err, typed.split(" ")), err::toString);
        assertTrue(out.toString().startsWith("Usage: aeroframe"), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void helpEndsTheProcessWithoutAFailure() throws Exception {
        AeroframeProcess process = sandbox.start("publish", "--help");
        process.expectExit(0);
        assertTrue(process.outputLines().get(0).startsWith("Usage: aeroframe"), process::toString);
        assertTrue(process.errors().isEmpty(), process::toString);
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String endpoint = "127.0.0.1:" + taken.getLocalPort();
            AeroframeProcess process = sandbox.start("subscribe", "s", "null:", "--channel", "udp:" + endpoint);
            process.expectExit(FAILED);
            expectLines(process, 1, endpoint);
            assertTrue(process.errors().contains("in use"), process::toString);
        }
    }

    @Test
    void aBaseDirectoryTooSmallForTheDriverIsNamed() throws Exception {
        expectNoRoom(8, "pattern:320x240", "the media driver needs");
    }

    @Test
    void aBaseDirectoryTooSmallForTheFramesIsNamed() throws Exception {
        expectNoRoom(40, "pattern:3840x2160", "for a pool of 3 frames of 23.7 MiB");
    }

    private void expectNoRoom(int mebibytes, String source, String expected) throws Exception {
        Path mount = sandbox.directory("small");
        assumeTrue(
                runs("mount", "-t", "tmpfs", "-o", "mode=700,size=" + mebibytes + "m", "tmpfs", mount.toString()),
                "a small file system cannot be mounted here: that takes root");
        try {
            sandbox.baseDirectory(mount.resolve("base"));
            AeroframeProcess process = sandbox.start("publish", source, "s");
            process.expectExit(FAILED);
            expectLines(process, 1, expected);
            assertTrue(process.errors().contains("AEROFRAME_DIR"), process::toString);
            assertEquals(List.of(), sandbox.leftovers());
        } finally {
            assertTrue(runs("umount", mount.toString()), "umount " + mount);
        }
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void aBaseDirectoryThatOthersMayEnterIsRefused() throws Exception {
        Path open = sandbox.directory("open");
        assertTrue(runs("chmod", "755", open.toString()));
        sandbox.baseDirectory(open);
        AeroframeProcess process = sandbox.start("publish", "pattern:", "s");
        process.expectExit(FAILED);
        expectLines(process, 1, "chmod 700");
    }

    @Test
    void aBaseDirectoryThatIsAFileIsRefused() throws Exception {
        sandbox.baseDirectory(Files.createFile(directory.resolve("file")));
        AeroframeProcess process = sandbox.start("publish", "pattern:", "s");
        process.expectExit(FAILED);
        expectLines(process, 1, "it is not a directory");
        sandbox.baseDirectory(directory.resolve("none"));
    }

    @Test
    void verboseAddsTheStackTrace() throws Exception {
        sandbox.workingDirectory(directory);
        AeroframeProcess process = sandbox.start("publish", "missing.mp4", "s", "--verbose");
        process.expectExit(FAILED);
        assertTrue(process.errors().contains("\tat io.aeroframe"), process::toString);
    }

    private void prepareFiles() throws IOException {
        byte[] noise = new byte[5_000];
        new Random(1).nextBytes(noise);
        for (String name : List.of("corrupt.mp4", "corrupt.png", "corrupt.jpg")) {
            Files.write(directory.resolve(name), noise);
        }
        Files.createFile(directory.resolve("empty.mp4"));
        Files.createFile(directory.resolve("empty.png"));
        Files.createFile(directory.resolve("empty.yuv"));
        Files.write(directory.resolve("short.yuv"), new byte[80]);
        Files.createDirectory(directory.resolve("empty"));
        sandbox.workingDirectory(directory);
    }

    private static void expectLines(AeroframeProcess process, int count, String expected) {
        List<String> lines = process.errorLines();
        assertEquals(count, lines.size(), process::toString);
        assertTrue(lines.get(0).startsWith("aeroframe: "), process::toString);
        assertTrue(lines.get(0).contains(expected), () -> "'" + expected + "' in " + process);
        assertFalse(lines.get(0).contains("Exception"), process::toString);
        assertTrue(process.outputLines().isEmpty(), process::toString);
    }
}
