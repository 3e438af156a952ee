package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A host of the test's own: a fresh base directory and the processes that meet there. After each test nothing of them
 * may be left: no process, no file.
 */
final class Sandbox implements BeforeEachCallback, AfterEachCallback {

    private final List<AeroframeProcess> processes = new ArrayList<>();
    private MemoryDirectory root;
    private final Set<Path> bases = new LinkedHashSet<>();
    private Path base;
    private Path workingDirectory;
    private String display;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        root = new MemoryDirectory();
        bases.clear();
        baseDirectory(root.base());
        workingDirectory = null;
        display = null;
    }

    /** Where processes meet that are started from now on. */
    void baseDirectory(Path directory) {
        base = directory;
        bases.add(directory);
    }

    /** A host of its own for processes that are started from now on, as far as files go. */
    void host(String name) {
        baseDirectory(root.path().resolve(name));
    }

    Path baseDirectory() {
        return base;
    }

    /** A new directory in memory, removed afterwards. */
    Path directory(String name) throws IOException {
        return Files.createDirectory(root.path().resolve(name));
    }

    void workingDirectory(Path directory) {
        workingDirectory = directory;
    }

    /** The X display of processes that are started from now on; by default there is none. */
    void display(String name) {
        display = name;
    }

    AeroframeProcess start(Object... arguments) throws IOException {
        return startCommand(AeroframeProcess.command(
                Stream.of(arguments).map(Object::toString).toList()));
    }

    /** Starts anything with the environment of the others. */
    AeroframeProcess startCommand(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("AEROFRAME_DIR", base.toString());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would report it on standard error
        builder.environment().putIfAbsent("OPENCV_LOG_LEVEL", "SILENT"); // as the launcher script does
        builder.environment().remove("DISPLAY");
        if (display != null) {
            builder.environment().put("DISPLAY", display);
        }
        if (workingDirectory != null) {
            builder.directory(workingDirectory.toFile());
        }
        AeroframeProcess process = AeroframeProcess.start(builder);
        processes.add(process);
        return process;
    }

    /** Waits until some process hosts a media driver. */
    void awaitDriver() {
        Path announcement = base.resolve("driver.id");
        Await.until("a media driver in " + base, () -> Files.exists(announcement), processes::toString);
    }

    List<Path> leftovers() throws IOException {
        List<Path> left = new ArrayList<>();
        for (Path directory : bases) {
            if (Files.isDirectory(directory)) {
                try (Stream<Path> files = Files.list(directory)) {
                    left.addAll(files.toList());
                }
            }
        }
        return left;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
        List<String> alive = new ArrayList<>();
        for (AeroframeProcess process : processes) {
            List<ProcessHandle> descendants = process.handle().descendants().toList();
            if (process.isAlive()) {
                alive.add(process.toString());
                process.kill();
            }
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
        List<Path> files = leftovers();
        root.close();
        boolean hasPassed = context.getExecutionException().isEmpty();
        String all = processes.toString();
        processes.clear();
        if (hasPassed) {
            assertTrue(alive.isEmpty(), () -> "still running: " + alive);
            assertTrue(files.isEmpty(), () -> "left behind: " + files + " by " + all);
        }
    }
}
