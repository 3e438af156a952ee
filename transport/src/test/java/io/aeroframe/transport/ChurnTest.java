package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.testing.MemoryDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mappings, descriptors, threads and direct memory are flat however many connections have come and gone, with little
 * direct memory in all; {@code -Dfaults=true} does it 10,000 times. More of them than a pool has members, which close
 * or do not close what they have opened.
 */
@Timeout(3_600)
class ChurnTest {

    private static final int ROUNDS = Boolean.getBoolean("faults") ? 10_000 : 100;

    @TempDir
    private Path directory;

    @Test
    void connectionsThatComeAndGoLeaveNothingBehind() {
        assumeTrue(Files.isReadable(Path.of("/proc/self/maps")), "resources are read from /proc");
        MemoryDirectory memory = new MemoryDirectory();
        try {
            String printed = ChildJvm.run(
                    directory,
                    Churn.class,
                    List.of("-XX:MaxDirectMemorySize=24m", "-XX:+DisableExplicitGC"),
                    memory.base(),
                    ROUNDS);
            assertTrue(printed.contains("flat "), printed);
        } finally {
            memory.closeEmpty();
        }
    }
}
