package io.aeroframe.apps.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeroframe.apps.doctor.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {

    @TempDir
    private Path root;

    @Test
    void smallSocketBuffersAreFound() throws IOException {
        assertEquals(Severity.OK, new Network(root).buffers().severity(), "not known here");
        Path limits = Files.createDirectories(root.resolve("proc/sys/net/core"));
        Files.writeString(limits.resolve("rmem_max"), "212992\n");
        Files.writeString(limits.resolve("wmem_max"), "8388608\n");
        Finding finding = new Network(root).buffers();
        assertEquals(Severity.HINT, finding.severity());
        assertEquals("sysctl -w net.core.rmem_max=8388608 net.core.wmem_max=8388608", finding.remedy());
        Files.writeString(limits.resolve("rmem_max"), "8388608\n");
        assertEquals(Severity.OK, new Network(root).buffers().severity());
    }
}
