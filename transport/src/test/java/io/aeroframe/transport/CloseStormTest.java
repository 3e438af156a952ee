package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.ChildJvm;
import io.aeroframe.testing.MemoryDirectory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever is closed on whichever thread, nothing that another thread is inside of is unmapped. In a JVM of its own,
 * which would crash. {@code -Dfaults=true} does it more often.
 */
@Timeout(3_600)
class CloseStormTest {

    private static final boolean IS_LONG = Boolean.getBoolean("faults");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "SENDER, pool, 20, 200",
        "SENDER, log, 20, 200",
        "RECEIVER, pool, 20, 200",
        "RECEIVER, log, 20, 200",
        "ATTACHING, pool, 15, 100",
        "PUBLICATION, pool, 50, 1000",
        "PUBLICATION, log, 30, 1000",
        "SUBSCRIPTION, pool, 50, 1000",
        "SUBSCRIPTION, log, 30, 1000"
    })
    void closingUnderAnotherThreadEndsItsCalls(CloseStorm.Target target, String path, int few, int many) {
        try (MemoryDirectory memory = new MemoryDirectory()) {
            int rounds = IS_LONG ? many : few;
            String printed = ChildJvm.run(directory, CloseStorm.class, List.of(), memory.base(), target, path, rounds);
            assertTrue(printed.contains("rounds " + rounds), printed);
        }
    }
}
