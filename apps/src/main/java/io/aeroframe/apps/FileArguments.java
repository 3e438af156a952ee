package io.aeroframe.apps;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Arguments that name files. */
final class FileArguments {

    private FileArguments() {}

    /**
     * Writes files whose names begin with a hyphen so that they are not read as options.
     *
     * @param args the arguments as typed.
     * @return with {@code ./} before each that begins with one hyphen and is the name of a file.
     */
    static String[] escaped(String... args) {
        String[] escaped = args.clone();
        for (int i = 0; i < args.length; i++) {
            if (args[i].matches("-[^-].+") && exists(args[i])) {
                escaped[i] = "./" + args[i];
            }
        }
        return escaped;
    }

    /**
     * Whether an argument may be meant as a file name though it begins with a hyphen: an option has no extension.
     *
     * @param arg an argument that was read as an option.
     */
    static boolean looksLikeFile(String arg) {
        return arg.matches("-[^=]+\\.[A-Za-z][A-Za-z0-9]{1,4}");
    }

    private static boolean exists(String name) {
        try {
            return Files.exists(Path.of(name));
        } catch (InvalidPathException ex) {
            return false;
        }
    }
}
