package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.aeroframe.testing.Await;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line in a process of its own, as a user starts it, with what it prints. */
final class AeroframeProcess {

    private final Process process;
    private final List<String> arguments;
    private final StringBuffer output = new StringBuffer();
    private final StringBuffer errors = new StringBuffer();
    private final Thread outputReader;
    private final Thread errorReader;

    private AeroframeProcess(Process process, List<String> arguments) {
        this.process = process;
        this.arguments = arguments;
        outputReader = read(process.getInputStream(), output);
        errorReader = read(process.getErrorStream(), errors);
    }

    /**
     * Starts a command that {@link #command(List)}, or something like it, has made. A build that runs in the background
     * of a shell has Ctrl-C ignored, and its children would inherit that.
     */
    static AeroframeProcess start(ProcessBuilder builder) throws IOException {
        List<String> command = List.copyOf(builder.command());
        if (System.getProperty("os.name").equals("Linux")) {
            List<String> heeding = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
            heeding.addAll(command);
            builder.command(heeding);
        }
        return new AeroframeProcess(builder.start(), command);
    }

    /**
     * The JVM of the test, with what makes it start in half the time: the packed program and its archive of classes,
     * if they are there, as the launcher script starts them. What flags the script gives is LauncherIT's to try.
     */
    static List<String> command(List<String> arguments) {
        Path packed = Path.of("target", "aeroframe").toAbsolutePath();
        Path jar = packed.resolve(Path.of("lib", "aeroframe.jar"));
        Path archive = packed.resolve(Path.of("archive", System.getProperty("java.runtime.version") + ".jsa"));
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-ea:io.aeroframe..."));
        boolean warnsOfMemoryAccess = Runtime.version().feature() >= 24;
        if (warnsOfMemoryAccess) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        if (Files.exists(jar)) { // its manifest opens what has to be open
            if (isNewer(archive, jar)) {
                command.add("-XX:SharedArchiveFile=" + archive);
            }
            command.addAll(List.of("-jar", jar.toString()));
        } else {
            command.addAll(List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"));
            if (warnsOfMemoryAccess) {
                command.add("--enable-native-access=ALL-UNNAMED");
            }
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        }
        command.addAll(arguments);
        return command;
    }

    /** The JVM would print on standard output that an archive of an earlier build does not fit. */
    private static boolean isNewer(Path archive, Path jar) {
        try {
            return Files.exists(archive)
                    && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) >= 0;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static Thread read(InputStream stream, StringBuffer text) {
        Thread thread = new Thread(() -> {
            byte[] bytes = new byte[8_192];
            try (stream) {
                for (int n = stream.read(bytes); n >= 0; n = stream.read(bytes)) {
                    text.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                }
            } catch (IOException ex) {
                text.append("[reading failed: ").append(ex).append(']');
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Waits for its end; fails, and kills it, if that does not come. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(Await.PATIENCE_S, TimeUnit.SECONDS)) {
            String threads = dumpThreads();
            kill();
            fail("timed out after " + Await.PATIENCE_S + " s waiting for the end of " + this + "\n" + threads);
        }
        outputReader.join(TimeUnit.SECONDS.toMillis(Await.PATIENCE_S));
        errorReader.join(TimeUnit.SECONDS.toMillis(Await.PATIENCE_S));
        return process.exitValue();
    }

    void expectExit(int status) throws InterruptedException {
        assertEquals(status, awaitExit(), this::toString);
    }

    /** SIGQUIT has a JVM print its threads on standard output. */
    private String dumpThreads() throws InterruptedException {
        signal("QUIT");
        process.waitFor(2, TimeUnit.SECONDS);
        return output.toString();
    }

    /** Waits a while, or until its end if that comes first. */
    boolean endsWithin(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** Ctrl-C. */
    void interrupt() {
        signal("INT");
    }

    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD) // it may have ended a moment ago
                    .start()
                    .waitFor();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Types into its standard input. */
    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    String output() {
        return output.toString();
    }

    List<String> outputLines() {
        return output.toString().lines().toList();
    }

    List<String> errorLines() {
        return errors.toString().lines().toList();
    }

    String errors() {
        return errors.toString();
    }

    void awaitOutputLines(int count) {
        Await.until(count + " lines of output", () -> outputLines().size() >= count || !isAlive(), this::toString);
    }

    void awaitError(String text) {
        Await.until("'" + text + "' on standard error", () -> errors().contains(text), this::toString);
    }

    @Override
    public String toString() {
        int main = Math.max(arguments.indexOf(Main.class.getName()), arguments.indexOf("-jar") + 1);
        return "aeroframe " + String.join(" ", arguments.subList(main + 1, arguments.size()))
                + (process.isAlive() ? ", running" : ", status " + process.exitValue())
                + "\n  standard output: " + tail(output) + "\n  standard error: " + tail(errors);
    }

    private static String tail(StringBuffer text) {
        return text.substring(Math.max(0, text.length() - 4_000));
    }
}
