package io.aeroframe.apps.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessNameTest {

    @Test
    void aProcessIsCalledWhatAPersonTyped() {
        assertEquals(
                "aeroframe publish",
                ProcessName.of("/usr/bin/java", List.of("-Xmn8m", "-jar", "/opt/lib/aeroframe.jar", "publish", "x")));
        assertEquals(
                "aeroframe list",
                ProcessName.of("/usr/bin/java", List.of("-cp", "a:b", "io.aeroframe.apps.Main", "list")));
        assertEquals("aeroframe", ProcessName.of("/usr/bin/java", List.of("-jar", "aeroframe.jar")));
        assertEquals("python3 detect.py", ProcessName.of("/usr/bin/python3", List.of("-u", "scripts/detect.py", "0")));
        assertEquals("java", ProcessName.of("java", List.of()));
        assertEquals("", ProcessName.of(Long.MAX_VALUE));
    }
}
