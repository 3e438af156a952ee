package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A window in a Java process of its own, since the tests' own has no display. It takes commands line by line on
 * standard input, answering each on standard output; reports come there too.
 */
final class WindowProcess implements AutoCloseable {

    static final String TITLE = "camera_A";

    /** Only a test that fails ever waits this long, however slow or busy the machine. */
    private static final int DEADLINE_S = 120;

    private final Process process;
    private final PrintWriter commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Path errors;

    private WindowProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        Thread reader = new Thread(this::readAnswers);
        reader.setDaemon(true);
        reader.start();
    }

    /** Its working directory is the given one. */
    static WindowProcess start(String display, Path directory) throws IOException {
        return start(display, directory, 1);
    }

    /** On a screen of which each pixel of AWT's has several. */
    static WindowProcess start(String display, Path directory, int scale) throws IOException {
        Path errors = directory.resolve("stderr");
        List<String> command = ChildJvm.command(
                WindowProcess.class, List.of("-Xmx256m", "-Djava.awt.headless=false", "-Dsun.java2d.uiScale=" + scale));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile());
        builder.environment().put("DISPLAY", display);
        return new WindowProcess(builder.start(), errors);
    }

    private void readAnswers() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            answers.add("standard output: " + e);
        }
    }

    /** Sends a command and waits for its answer. */
    void run(String command) throws InterruptedException {
        send(command);
        expect("done " + command);
    }

    void send(String command) {
        commands.println(command);
    }

    void expect(String answer) throws InterruptedException {
        assertEquals(answer, nextAnswer());
    }

    String nextAnswer() throws InterruptedException {
        String answer = answers.poll(DEADLINE_S, TimeUnit.SECONDS);
        assertTrue(answer != null, () -> "no answer; standard error: " + standardError());
        return answer;
    }

    /** It must end by itself, well, and without a word on standard error. */
    void expectEnd() throws InterruptedException {
        assertTrue(process.waitFor(DEADLINE_S, TimeUnit.SECONDS), "the process lives on without its window");
        assertEquals("", standardError());
        assertEquals(0, process.exitValue());
    }

    private String standardError() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /**
     * The end of its input ends it; if not, it is killed. Its complaints are printed, for a test that
     * failed.
     */
    @Override
    public void close() {
        commands.close();
        ChildJvm.endWithin(process, 10);
        System.err.print(standardError());
    }

    public static void main(String[] arguments) throws IOException {
        WindowSink sink;
        try {
            sink = WindowSink.open(TITLE, System.out::println);
        } catch (IOException e) {
            System.out.println(e.getMessage());
            System.out.println(WindowSink.isAvailable());
            return;
        }
        System.out.println("open");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        long sequence = 0;
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "status" -> sink.showStatus(line.substring("status ".length()));
                case "bad" -> sink.accept(new TestFrame(FrameFormat.jpeg(320, 240), sequence++, new byte[999]));
                case "show" -> sink.accept(frame(words, sequence++));
                case "board" -> sink.accept(board(Integer.parseInt(words[1]), Integer.parseInt(words[2]), sequence++));
                case "await-closed" -> {
                    while (sink.isOpen()) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
                case "stream-until-closed" -> {
                    TestFrame[] frames = {
                        TestPicture.chart(PixelFormat.I420, 640, 480, 0, 0),
                        TestPicture.chart(PixelFormat.BGR24, 320, 200, 0, 1)
                    };
                    while (sink.isOpen()) {
                        sink.accept(frames[(int) (sequence++ / 8 % 2)]);
                    }
                }
                case "close" -> sink.close();
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println("done " + line);
            if (!sink.isOpen()) {
                // Without closing the sink: its user's closing must do.
                return;
            }
        }
        sink.close();
    }

    /** Single pixels of black and white in turn. */
    private static TestFrame board(int width, int height, long sequence) {
        byte[] pixels = new byte[width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ((i % width + i / width) % 2 == 0 ? 255 : 0);
        }
        return new TestFrame(FrameFormat.gray8(width, height), sequence, pixels);
    }

    private static TestFrame frame(String[] words, long sequence) throws IOException {
        int width = Integer.parseInt(words[2]);
        int height = Integer.parseInt(words[3]);
        TestFrame frame = words[1].equals("JPEG")
                ? TestPicture.jpegChart(width, height, sequence)
                : TestPicture.chart(PixelFormat.valueOf(words[1]), width, height, 0, sequence);
        return words.length == 3 + 1
                ? frame
                : frame.withPixelsOf(Integer.parseInt(words[4]), Integer.parseInt(words[5]));
    }
}
