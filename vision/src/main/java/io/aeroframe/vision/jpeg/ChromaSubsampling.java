package io.aeroframe.vision.jpeg;

import java.util.Locale;

/** How much of a picture's colour a JPEG image keeps: people see less of it than of light and dark. */
public enum ChromaSubsampling {
    /** Colour for every pixel: for text, line art and measuring by colour. */
    YUV444("444"),
    /** Colour for every second pixel of a row. */
    YUV422("422"),
    /** Colour for every second pixel of every second row: what OpenCV, cameras and most others write. */
    YUV420("420"),
    /** No colour: an image of one component. */
    GRAY("gray");

    private final String text;

    ChromaSubsampling(String text) {
        this.text = text;
    }

    /**
     * A subsampling by its name.
     *
     * @param name {@code 444}, {@code 422}, {@code 420} or {@code gray}, in any case.
     * @return the subsampling.
     * @throws IllegalArgumentException if it is none of these.
     */
    public static ChromaSubsampling of(String name) {
        for (ChromaSubsampling subsampling : values()) {
            if (subsampling.text.equals(name.toLowerCase(Locale.ROOT))) {
                return subsampling;
            }
        }
        throw new IllegalArgumentException("'" + name + "' is not one of 444, 422, 420, gray");
    }

    /** {@code 444}, {@code 422}, {@code 420} or {@code gray}. */
    @Override
    public String toString() {
        return text;
    }
}
