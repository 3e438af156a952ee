package io.aeroframe.benchmarks.peers;

import io.aeroframe.benchmarks.harness.BenchException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Builds the peers in C++ with {@code g++}. For one thread. */
final class Compiler {

    private static final long TIMEOUT_S = 300;
    private static final String HARNESS = "harness.hpp";

    private final Path directory;
    private final Map<String, Path> programs = new HashMap<>();

    /**
     * Creates a compiler.
     *
     * @param directory where sources and programs are written; need not exist yet
     */
    Compiler(Path directory) {
        this.directory = directory;
    }

    /**
     * Returns the command that installs what a peer needs on Debian, or nothing if it is there.
     *
     * @throws InterruptedException if the command is interrupted
     */
    static Optional<String> missing(Peer.NativePeer peer) throws InterruptedException {
        Result probe = shell("g++ -fsyntax-only -include " + peer.header() + " -x c++ /dev/null " + peer.flags());
        return probe.status == 0 ? Optional.empty() : Optional.of("apt-get install g++ " + peer.packages());
    }

    /**
     * Returns the program of a peer, built at the first call.
     *
     * @throws BenchException       if it cannot be built, with the compiler's first error
     * @throws IOException          if its source cannot be written
     * @throws InterruptedException if the command is interrupted
     */
    Path program(Peer.NativePeer peer) throws IOException, InterruptedException {
        Path built = programs.get(peer.source());
        if (built == null) {
            Files.createDirectories(directory);
            copy(HARNESS);
            copy(peer.source());
            built = directory.resolve(peer.source().replace(".cpp", ""));
            Result build = shell("g++ -O2 -std=c++17 -o '" + built + "' '" + directory.resolve(peer.source()) + "' "
                    + peer.flags() + " -pthread");
            if (build.status != 0) {
                throw new BenchException(peer.source() + " cannot be built: "
                        + build.lines.stream()
                                .filter(line -> line.contains("error"))
                                .findFirst()
                                .orElse("g++ ended with status " + build.status));
            }
            programs.put(peer.source(), built);
        }
        return built;
    }

    private void copy(String name) throws IOException {
        try (InputStream in = Compiler.class.getResourceAsStream(name)) {
            Files.copy(in, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private record Result(int status, List<String> lines) {}

    private static Result shell(String command) throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException ex) {
            throw new BenchException("sh cannot be run: " + ex.getMessage(), ex);
        }
        List<String> lines = new ArrayList<>();
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(lines::add);
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new BenchException("g++ has not ended after " + TIMEOUT_S + " s");
            }
        } catch (IOException ex) {
            throw new BenchException("g++ ended while it was read: " + ex.getMessage(), ex);
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), lines);
    }
}
