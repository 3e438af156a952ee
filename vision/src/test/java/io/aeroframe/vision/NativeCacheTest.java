package io.aeroframe.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NativeCacheTest {

    private static final Path HOME = Path.of("home").toAbsolutePath();

    private static Path directory(String system, Map<String, String> properties, Map<String, String> environment) {
        Map<String, String> base = Map.of("os.name", system, "user.home", HOME.toString());
        return NativeCache.directory(name -> properties.getOrDefault(name, base.get(name)), environment::get);
    }

    @Test
    void followsTheCustomOfEachSystem() {
        String elsewhere = HOME.resolve("elsewhere").toString();
        assertEquals(HOME.resolve(".cache/aeroframe"), directory("Linux", Map.of(), Map.of()));
        assertEquals(
                HOME.resolve("elsewhere/aeroframe"), directory("Linux", Map.of(), Map.of("XDG_CACHE_HOME", elsewhere)));
        assertEquals(HOME.resolve("Library/Caches/aeroframe"), directory("Mac OS X", Map.of(), Map.of()));
        assertEquals(HOME.resolve("AppData/Local/aeroframe"), directory("Windows 11", Map.of(), Map.of()));
        assertEquals(
                HOME.resolve("elsewhere/aeroframe"),
                directory("Windows 11", Map.of(), Map.of("LOCALAPPDATA", elsewhere)));
    }

    @Test
    void ignoresARelativeCacheHome() {
        assertEquals(
                HOME.resolve(".cache/aeroframe"), directory("Linux", Map.of(), Map.of("XDG_CACHE_HOME", "relative")));
    }

    @Test
    void prefersTheSystemProperty() {
        Path chosen = directory("Linux", Map.of(NativeCache.PROPERTY, "mine"), Map.of("XDG_CACHE_HOME", "/x"));
        assertTrue(chosen.isAbsolute());
        assertEquals(Path.of("mine").toAbsolutePath(), chosen);
    }
}
