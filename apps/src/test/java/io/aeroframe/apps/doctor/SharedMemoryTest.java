package io.aeroframe.apps.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.apps.doctor.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedMemoryTest {

    @TempDir
    private Path root;

    private Path base;

    @BeforeEach
    void makeBase() throws IOException {
        base = Files.createDirectory(root.resolve("base"));
    }

    @Test
    void filesOfDeadProcessesAreNamedWithTheCommandThatRemovesThem() throws IOException {
        assertEquals(Severity.OK, memory().leftovers().severity());
        Path pool = Files.write(base.resolve("pool-0123456789abcdef.shared"), new byte[3 << 20]);
        Finding finding = memory().leftovers();
        assertEquals(Severity.HINT, finding.severity());
        assertTrue(finding.found().startsWith("1 files of processes that have died, 3 MiB"), finding::toString);
        assertEquals("rm " + pool, finding.remedy());
        Files.delete(pool);
        assertEquals(Severity.OK, memory().leftovers().severity());
    }

    @ParameterizedTest
    @CsvSource({"#RemoveIPC=yes,,HINT", "RemoveIPC=no,,OK", "RemoveIPC=no,RemoveIPC=yes,HINT", ",RemoveIPC=no,OK"})
    void systemdsSettingsAreReadInTheirOrder(String main, String later, Severity expected) throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
        Path settings = Files.createDirectories(root.resolve("etc/systemd/logind.conf.d"));
        Files.writeString(root.resolve("etc/systemd/logind.conf"), "[Login]\n" + (main == null ? "" : main + "\n"));
        if (later != null) {
            Files.writeString(settings.resolve("10-local.conf"), "[Login]\n" + later + "\n");
        }
        SharedMemory memory = new SharedMemory(Path.of("/dev/shm/aeroframe-somebody"), root, 1_000);
        Finding finding = memory.removalAtLogout();
        assertEquals(expected, finding.severity(), finding::toString);
        assertEquals(expected == Severity.HINT, finding.remedy().startsWith("loginctl enable-linger "));
        assertEquals(
                Severity.OK,
                new SharedMemory(Path.of("/dev/shm/aeroframe-somebody"), root, 0)
                        .removalAtLogout()
                        .severity(),
                "root's files stay");
        Path lingering = Files.createDirectories(root.resolve("var/lib/systemd/linger"));
        Files.createFile(lingering.resolve(System.getProperty("user.name")));
        assertEquals(Severity.OK, memory.removalAtLogout().severity());
    }

    @Test
    void withoutSystemdNothingIsRemoved() throws IOException {
        assertEquals(Severity.OK, memory().removalAtLogout().severity());
    }

    @Test
    void aDirectoryThatIsNotThereYetIsLookedAtWhereItWouldBe() throws IOException {
        Finding finding = new SharedMemory(base.resolve("a"), root).room();
        assertTrue(finding.found().contains(" MiB free, "), finding::toString);
        assertTrue(Files.notExists(base.resolve("a")));
        Finding nowhere = new SharedMemory(base.resolve("a/b"), root).room();
        assertEquals(Severity.BROKEN, nowhere.severity());
        assertEquals("mkdir -p " + base.resolve("a"), nowhere.remedy());
    }

    @Test
    void aDirectoryThatOthersMayEnterIsRefusedByStreamsAndFound() throws IOException {
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        Finding open = memory().room();
        assertEquals(Severity.BROKEN, open.severity());
        assertEquals("chmod 700 " + base, open.remedy());
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx------"));
        assertTrue(memory().room().found().contains(" MiB free, "));
    }

    private SharedMemory memory() {
        return new SharedMemory(base, root);
    }
}
