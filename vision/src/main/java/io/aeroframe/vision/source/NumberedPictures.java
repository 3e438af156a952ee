package io.aeroframe.vision.source;

import io.aeroframe.vision.internal.NumberedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pictures of a name with a number in it, as FFmpeg and the picture sink write them: {@code shots/%06d.png}. As in
 * C, {@code %d} is a number, {@code %0Nd} one padded with zeros to N digits, {@code %%} a percent sign. Numbers may
 * begin anywhere and have gaps.
 */
final class NumberedPictures {

    private static final Pattern NUMBER = Pattern.compile("%(?:0(\\d{1,2}))?d");

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
        NumberedFiles files = parse(spec);
        if (!Files.isDirectory(files.directory().toAbsolutePath())) {
            throw new IOException(spec + ": no such directory: " + files.directory());
        }
        List<Path> pictures;
        try {
            pictures = List.copyOf(files.existing().values());
        } catch (IOException e) {
            throw new IOException(spec + ": " + files.directory() + ": " + PictureFile.reason(e), e);
        }
        if (pictures.isEmpty()) {
            throw new IOException(spec + ": no file has such a name with a number in the place of %d");
        }
        return pictures;
    }

    private static NumberedFiles parse(String spec) {
        Path pattern = Path.of(spec);
        String name = pattern.getFileName().toString();
        Matcher number = NUMBER.matcher(name.replace("%%", "\0\0"));
        if (!number.find() || isNumbered(spec.substring(0, spec.length() - name.length()))) {
            throw new IllegalArgumentException(
                    spec + ": the number must be in the file name, not in a directory's, as in shots/%06d.png");
        }
        String after = name.substring(number.end());
        if (isNumbered(after)) {
            throw new IllegalArgumentException(spec + ": it has two numbers: write one, as in shots/%06d.png");
        }
        return new NumberedFiles(
                pattern.getParent() == null ? Path.of("") : pattern.getParent(),
                name.substring(0, number.start()).replace("%%", "%"),
                number.group(1) == null ? 1 : Integer.parseInt(number.group(1)),
                after.replace("%%", "%"));
    }
}
