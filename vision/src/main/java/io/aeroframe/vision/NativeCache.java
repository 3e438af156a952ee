package io.aeroframe.vision;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Where native libraries are unpacked, once for all runs and all processes of a user.
 *
 * <p>{@code ${XDG_CACHE_HOME:-~/.cache}/aeroframe} on Linux, {@code ~/Library/Caches/aeroframe} on macOS,
 * {@code %LOCALAPPDATA%/aeroframe} on Windows; the system property {@value #PROPERTY} overrides them all. Any thread.
 */
public final class NativeCache {

    /** The system property that names another directory. */
    public static final String PROPERTY = "aeroframe.cache";

    private static final String NAME = "aeroframe";

    private NativeCache() {}

    /**
     * The directory. It is not made here: whoever unpacks into it makes it, and what it needs below it.
     *
     * @return an absolute path, which may not exist yet.
     */
    public static Path directory() {
        return directory(System::getProperty, System::getenv);
    }

    static Path directory(UnaryOperator<String> properties, UnaryOperator<String> environment) {
        String chosen = properties.apply(PROPERTY);
        if (isSet(chosen)) {
            return Path.of(chosen).toAbsolutePath();
        }
        Path home = Path.of(properties.apply("user.home")).toAbsolutePath();
        String system = properties.apply("os.name").toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            return under(environment.apply("LOCALAPPDATA"), home.resolve("AppData/Local"));
        }
        if (system.startsWith("mac")) {
            return home.resolve("Library/Caches").resolve(NAME);
        }
        return under(environment.apply("XDG_CACHE_HOME"), home.resolve(".cache"));
    }

    /** The XDG specification tells to ignore a relative path. */
    private static Path under(String configured, Path fallback) {
        Path base = isSet(configured) && Path.of(configured).isAbsolute() ? Path.of(configured) : fallback;
        return base.resolve(NAME);
    }

    private static boolean isSet(String value) {
        return value != null && !value.isBlank();
    }
}
