package io.aeroframe.vision.sink;

import java.util.Locale;

/** The kinds of picture files that can be written, by extension. */
enum PictureFormat {
    PNG(true, true, ".png"),
    JPEG(false, false, ".jpg", ".jpeg"),
    BMP(false, false, ".bmp"),
    TIFF(true, true, ".tiff", ".tif"),
    WEBP(true, false, ".webp"),
    PPM(false, true, ".ppm");

    private final boolean keepsAlpha;
    private final boolean keepsSixteenBits;
    private final String[] extensions;

    PictureFormat(boolean keepsAlpha, boolean keepsSixteenBits, String... extensions) {
        this.keepsAlpha = keepsAlpha;
        this.keepsSixteenBits = keepsSixteenBits;
        this.extensions = extensions;
    }

    /**
     * The format of a file name.
     *
     * @param name any text.
     * @return the format, or null if the name has none of the known extensions.
     */
    static PictureFormat ofName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (PictureFormat format : values()) {
            for (String extension : format.extensions) {
                if (lower.endsWith(extension)) {
                    return format;
                }
            }
        }
        return null;
    }

    /**
     * The extensions of all formats, as one says them.
     *
     * @return {@code .png, .jpg, …}.
     */
    static String knownExtensions() {
        StringBuilder known = new StringBuilder();
        for (PictureFormat format : values()) {
            for (String extension : format.extensions) {
                known.append(known.length() == 0 ? "" : ", ").append(extension);
            }
        }
        return known.toString();
    }

    /**
     * The extension by which OpenCV picks the encoder.
     *
     * @return with the dot, lower case.
     */
    String extension() {
        return extensions[0];
    }

    boolean keepsAlpha() {
        return keepsAlpha;
    }

    /** A PPM always is colour; its gray kin have names of their own. */
    boolean keepsGray() {
        return this != PPM;
    }

    boolean keepsSixteenBits() {
        return keepsSixteenBits;
    }
}
