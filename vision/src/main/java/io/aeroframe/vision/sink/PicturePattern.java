package io.aeroframe.vision.sink;

import io.aeroframe.vision.internal.NumberedFiles;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * The name of a picture file with the frame's number in it ({@code shots/%06d.png}), or without ({@code latest.png}).
 *
 * <p>As in C: {@code %d} is the number, {@code %0Nd} the number padded with zeros to N digits, {@code %%} a percent
 * sign.
 */
final class PicturePattern {

    /** The longest that a sequence number can be. */
    private static final int MAX_DIGITS = 19;

    private final PictureFormat format;
    private final Path directory;
    private final boolean numbered;
    private final String prefix;
    private final int digits;
    private final String suffix;

    private PicturePattern(
            PictureFormat format, Path directory, boolean numbered, String prefix, int digits, String suffix) {
        this.format = format;
        this.directory = directory;
        this.numbered = numbered;
        this.prefix = prefix;
        this.digits = digits;
        this.suffix = suffix;
    }

    /**
     * Reads a pattern.
     *
     * @param pattern the pattern as a user wrote it.
     * @return the pattern.
     * @throws IllegalArgumentException if the extension is not known or the conversion is not of this kind.
     */
    static PicturePattern parse(String pattern) {
        PictureFormat format = PictureFormat.ofName(pattern);
        if (format == null) {
            throw refused(pattern, "its extension is none of " + PictureFormat.knownExtensions());
        }
        // What is before the number, and what is after it once it has come.
        StringBuilder[] parts = {new StringBuilder(), new StringBuilder()};
        boolean numbered = false;
        int digits = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char letter = pattern.charAt(i);
            if (letter != '%') {
                parts[numbered ? 1 : 0].append(letter);
            } else if (pattern.startsWith("%%", i)) {
                parts[numbered ? 1 : 0].append('%');
                i++;
            } else {
                int end = endOfConversion(pattern, i);
                if (numbered) {
                    throw refused(pattern, "it has more than one %d");
                }
                numbered = true;
                digits = end == i + 1 ? 1 : Integer.parseInt(pattern, i + 2, end, 10);
                i = end;
            }
        }
        if (digits > MAX_DIGITS) {
            throw refused(pattern, "a number has at most " + MAX_DIGITS + " digits");
        }
        return of(pattern, format, numbered, parts[0].toString(), digits, parts[1].toString());
    }

    /**
     * The file of a frame.
     *
     * @param sequence the sequence number of the frame.
     * @return the path.
     */
    Path pathFor(long sequence) {
        if (!numbered) {
            return directory.resolve(prefix);
        }
        return files().pathFor(sequence);
    }

    private NumberedFiles files() {
        return new NumberedFiles(directory, prefix, digits, suffix);
    }

    /**
     * Where the pictures go.
     *
     * @return a directory, which may not exist.
     */
    Path directory() {
        return directory;
    }

    /**
     * The highest number among the files that are there already.
     *
     * @return -1 if there is none, or the pattern has no number.
     * @throws IOException if the directory cannot be read.
     */
    long highestNumber() throws IOException {
        TreeMap<Long, Path> existing = numbered ? files().existing() : new TreeMap<>();
        return existing.isEmpty() ? -1 : existing.lastKey();
    }

    PictureFormat format() {
        return format;
    }

    boolean isNumbered() {
        return numbered;
    }

    private static PicturePattern of(
            String pattern, PictureFormat format, boolean numbered, String before, int digits, String after) {
        try {
            if (!numbered) {
                Path path = Path.of(before);
                return new PicturePattern(format, directoryOf(path), false, nameOf(path), 0, "");
            }
            if (Path.of("x" + after).getNameCount() > 1) {
                throw refused(pattern, "the number must be in the file name, not in a directory's");
            }
            // A letter for the number, so that a name that begins with it is a name all the same.
            Path path = Path.of(before + "x");
            String name = nameOf(path);
            return new PicturePattern(
                    format, directoryOf(path), true, name.substring(0, name.length() - 1), digits, after);
        } catch (InvalidPathException e) {
            throw refused(pattern, e.getReason());
        }
    }

    private static Path directoryOf(Path path) {
        return path.getParent() == null ? Path.of("") : path.getParent();
    }

    private static String nameOf(Path path) {
        return path.getFileName().toString();
    }

    /** The index of the {@code d}. */
    private static int endOfConversion(String pattern, int percent) {
        int at = percent + 1;
        if (pattern.startsWith("0", at)) {
            at++;
            int firstDigit = at;
            while (at < pattern.length() && at - firstDigit < 3 && Character.digit(pattern.charAt(at), 10) >= 0) {
                at++;
            }
            if (at == firstDigit) {
                at = percent + 1;
            }
        }
        if (!pattern.startsWith("d", at)) {
            throw refused(pattern, "of conversions it may have one %d or %06d for the frame's number");
        }
        return at;
    }

    private static IllegalArgumentException refused(String pattern, String reason) {
        return new IllegalArgumentException("'" + pattern + "' is not a name for pictures: " + reason
                + "; write 'shots/%06d.png' for a file a frame, 'latest.png' for one that each frame replaces,"
                + " %% for a percent sign");
    }
}
