package io.aeroframe.vision.source;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pictures of a name with a number in it, as FFmpeg and the picture sink write them: {@code shots/%06d.png}. As in
 * C, {@code %d} is a number, {@code %0Nd} one padded with zeros to N digits, {@code %%} a percent sign. Numbers may
 * begin anywhere and have gaps.
 */
final class NumberedPictures {

    private static final Pattern NUMBER = Pattern.compile("%(?:0(\\d{1,2}))?d");

    /** A number of more digits is not one of a frame. */
    private static final int MAX_DIGITS = 18;

    private NumberedPictures() {}

    /** Whether a name has a number to be filled in. */
    static boolean isNumbered(String spec) {
        return NUMBER.matcher(spec.replace("%%", "")).find();
    }

    /**
     * Lists the pictures.
     *
     * @param spec the name with the number in its last part.
     * @return at least one file, by number.
     * @throws IOException              if there is none, or the directory cannot be read.
     * @throws IllegalArgumentException if there are two numbers, or one is in the name of a directory.
     */
    static List<Path> of(String spec) throws IOException {
        Path pattern = Path.of(spec);
        Path directory = pattern.getParent();
        Pattern name = regex(spec, pattern.getFileName().toString());
        TreeMap<Long, Path> pictures = new TreeMap<>();
        Path opened = directory == null ? Path.of("") : directory;
        if (!Files.isDirectory(opened.toAbsolutePath())) {
            throw new IOException(spec + ": no such directory: " + directory);
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(opened)) {
            for (Path entry : entries) {
                Matcher found = name.matcher(entry.getFileName().toString());
                if (found.matches() && found.group(1).length() <= MAX_DIGITS && !Files.isDirectory(entry)) {
                    pictures.put(Long.parseLong(found.group(1)), entry);
                }
            }
        } catch (IOException e) {
            throw new IOException(spec + ": " + opened + ": " + PictureFile.reason(e), e);
        }
        if (pictures.isEmpty()) {
            throw new IOException(spec + ": no file has such a name with a number in the place of %d");
        }
        return List.copyOf(pictures.values());
    }

    private static Pattern regex(String spec, String name) {
        Matcher number = NUMBER.matcher(name.replace("%%", "\0\0"));
        if (!number.find() || isNumbered(spec.substring(0, spec.length() - name.length()))) {
            throw new IllegalArgumentException(
                    spec + ": the number must be in the file name, not in a directory's, as in shots/%06d.png");
        }
        String padded = number.group(1);
        String digits = padded == null || Integer.parseInt(padded) < 2
                ? "(0|[1-9]\\d*)"
                : "(\\d{" + padded + "}|[1-9]\\d{" + padded + ",})";
        String before = name.substring(0, number.start());
        String after = name.substring(number.end());
        if (isNumbered(after)) {
            throw new IllegalArgumentException(spec + ": it has two numbers: write one, as in shots/%06d.png");
        }
        return Pattern.compile(literal(before) + digits + literal(after), Pattern.DOTALL);
    }

    private static String literal(String text) {
        return Pattern.quote(text.replace("%%", "%"));
    }
}
