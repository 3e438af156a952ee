package io.aeroframe.vision.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files with a number in their names, such as {@code shots/000017.png}.
 *
 * @param directory where they are, which may not exist.
 * @param prefix    what is before the number.
 * @param digits    the least number of digits, which zeros make up, 0 or more.
 * @param suffix    what is behind the number.
 */
public record NumberedFiles(Path directory, String prefix, int digits, String suffix) {

    /** A number of more digits may not fit a long, and is not one of a frame. */
    private static final int MAX_DIGITS = 18;

    /**
     * The file of a number.
     *
     * @param number the number, 0 or more.
     * @return the path.
     */
    public Path pathFor(long number) {
        String text = Long.toString(number);
        return directory.resolve(prefix + "0".repeat(Math.max(0, digits - text.length())) + text + suffix);
    }

    /**
     * The files that are there. Numbers may begin anywhere and have gaps; a name in which a number is written otherwise
     * than by {@link #pathFor} is not one of them.
     *
     * @return by number; empty if there is none.
     * @throws IOException if the directory cannot be read.
     */
    public TreeMap<Long, Path> existing() throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(prefix) + "(\\d{1," + MAX_DIGITS + "})" + Pattern.quote(suffix));
        TreeMap<Long, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Matcher matcher = name.matcher(entry.getFileName().toString());
                if (matcher.matches()) {
                    long number = Long.parseLong(matcher.group(1));
                    boolean isWrittenSo = pathFor(number).getFileName().equals(entry.getFileName());
                    if (isWrittenSo && !Files.isDirectory(entry)) {
                        found.put(number, entry);
                    }
                }
            }
        }
        return found;
    }
}
