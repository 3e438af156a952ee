package io.aeroframe.vision.source;

import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/** The files that a file name, a directory or a glob stands for, in natural name order. */
final class PictureList {

    /** What OpenCV's build reads, by the extensions people give such files. */
    private static final Set<String> EXTENSIONS = Set.of(
            "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "bmp", "dib", "tif", "tiff", "webp", "ppm", "pgm", "pbm", "pnm",
            "pam", "pxm", "pfm", "jp2", "hdr", "pic", "sr", "ras");

    private static final String EXTENSIONS_IN_SHORT = ".jpg .png .bmp .tif .webp .ppm and the like";

    private PictureList() {}

    /**
     * Lists pictures. A name that exists is taken as it is, even with characters of a glob in it.
     *
     * @param spec a file, a directory, a name with a number ({@code shots/%06d.png}), or a glob with {@code * ? [ ] {
     *             }} (and {@code **} across directories).
     * @return at least one file.
     * @throws IOException if there is none, or a directory cannot be read.
     */
    static List<Path> of(String spec) throws IOException {
        if (spec.isEmpty()) {
            throw new IllegalArgumentException(
                    "a picture source needs a file, a directory or a glob such as shots/*.png");
        }
        boolean exists = isExisting(spec);
        if (!exists && NumberedPictures.isNumbered(spec)) {
            return NumberedPictures.of(spec);
        }
        if (exists || !isGlob(spec)) {
            Path path = Path.of(spec);
            if (Files.isDirectory(path)) {
                return inDirectory(spec, path);
            }
            if (!exists) {
                throw new IOException(
                        spec + ": no such file; name a picture, a directory of pictures, or a glob such as"
                                + " shots/*.png");
            }
            return List.of(path);
        }
        return matching(spec);
    }

    /**
     * Whether a file name ends like a picture's.
     *
     * @param name the name of a file.
     * @return true if its extension is that of a format that is read here.
     */
    static boolean isPictureName(String name) {
        int dot = name.lastIndexOf('.');
        return dot >= 0 && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /**
     * Whether a name holds characters of a glob.
     *
     * @param spec to look at.
     * @return true if it may stand for several files.
     */
    static boolean isGlob(String spec) {
        return firstWildcard(spec) >= 0;
    }

    private static List<Path> inDirectory(String spec, Path directory) throws IOException {
        List<Path> pictures = new ArrayList<>();
        int files = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!Files.isDirectory(entry)) {
                    files++;
                    if (isVisiblePicture(entry)) {
                        pictures.add(entry);
                    }
                }
            }
        } catch (AccessDeniedException e) {
            throw new IOException(spec + ": the directory may not be read (permission denied)", e);
        }
        if (pictures.isEmpty()) {
            throw new IOException(
                    spec + ": no pictures in it; " + (files == 0 ? "it has no files" : "it has " + others(files))
                            + ", and pictures are " + EXTENSIONS_IN_SHORT);
        }
        return sorted(pictures);
    }

    private static List<Path> matching(String glob) throws IOException {
        int separator = lastSeparator(glob, firstWildcard(glob));
        String rootName = separator < 0 ? "" : glob.substring(0, separator + 1);
        String pattern = glob.substring(separator + 1);
        Path root = Path.of(rootName);
        if (!Files.isDirectory(root.toAbsolutePath())) {
            throw new IOException(glob + ": no such directory: " + rootName);
        }
        boolean anyDepth = pattern.contains("**");
        int depth = anyDepth
                ? Integer.MAX_VALUE
                : (int) pattern.chars().filter(c -> c == '/').count() + 1;
        PathMatcher matcher = matcher(root, glob, pattern);
        List<Path> pictures = new ArrayList<>();
        int[] others = new int[1];
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!attributes.isDirectory() && matcher.matches(root.relativize(file))) {
                    if (isVisiblePicture(file)) {
                        pictures.add(file);
                    } else {
                        others[0]++;
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException reason) throws IOException {
                if (file.equals(root)) {
                    throw new IOException(glob + ": " + root + ": " + PictureFile.reason(reason), reason);
                }
                return FileVisitResult.CONTINUE; // as shells have it: what may not be read does not match
            }
        });
        if (pictures.isEmpty()) {
            throw new IOException(glob + ": no pictures match; "
                    + (others[0] == 0 ? "no file has such a name" : others(others[0]) + " would")
                    + ", and pictures are " + EXTENSIONS_IN_SHORT);
        }
        return sorted(pictures);
    }

    private static PathMatcher matcher(Path root, String glob, String pattern) {
        try {
            return root.getFileSystem().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    glob + ": not a well-formed glob (" + e.getDescription() + "); an example is shots/*.png", e);
        }
    }

    private static boolean isVisiblePicture(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && isPictureName(name); // macOS leaves ._img1.png, which is none, on other disks
    }

    private static List<Path> sorted(List<Path> pictures) {
        pictures.sort(Comparator.comparing(Path::toString, NaturalOrder.INSTANCE));
        return List.copyOf(pictures);
    }

    private static String others(int count) {
        return count == 1 ? "one file of another kind" : count + " files of other kinds";
    }

    /**
     * Whether something has exactly this name.
     *
     * @param spec to look for.
     * @return true if there is a file, a directory or a device of this name.
     */
    static boolean isExisting(String spec) {
        try {
            return !spec.isEmpty() && Files.exists(Path.of(spec));
        } catch (InvalidPathException e) {
            return false; // what can be no file's name, such as a glob on Windows
        }
    }

    private static int firstWildcard(String spec) {
        for (int i = 0; i < spec.length(); i++) {
            if ("*?[{".indexOf(spec.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static int lastSeparator(String spec, int before) {
        return Math.max(spec.lastIndexOf('/', before), spec.lastIndexOf(File.separatorChar, before));
    }
}
