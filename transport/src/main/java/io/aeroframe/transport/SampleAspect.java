package io.aeroframe.transport;

/**
 * The shape of a pixel when it is shown: its width to its height, in lowest terms. Most pixels are square; those of
 * anamorphic video, such as DVDs, are not.
 *
 * @param width  the width, 1 to {@value #MAX}.
 * @param height the height, 1 to {@value #MAX}.
 */
public record SampleAspect(int width, int height) {

    /** The largest number that a header has room for. */
    static final int MAX = 65_535;

    /** Pixels as wide as they are high. */
    public static final SampleAspect SQUARE = new SampleAspect(1, 1);

    /**
     * Validates the numbers and brings them to lowest terms.
     *
     * @param width  the width, 1 to {@value #MAX}.
     * @param height the height, 1 to {@value #MAX}.
     * @throws IllegalArgumentException if a number is out of range.
     */
    public SampleAspect {
        if (width < 1 || width > MAX || height < 1 || height > MAX) {
            throw new IllegalArgumentException(
                    "sampleAspect=" + width + ":" + height + " is not within 1:" + MAX + " to " + MAX + ":1");
        }
        int divisor = greatestDivisor(width, height);
        width /= divisor;
        height /= divisor;
    }

    /**
     * The aspect of a ratio of any numbers.
     *
     * @param width  the width, in any unit.
     * @param height the height, in the same unit.
     * @return exact where both fit in lowest terms, else near to it; square if one of them is not positive.
     */
    public static SampleAspect of(long width, long height) {
        if (width <= 0 || height <= 0) {
            return SQUARE;
        }
        long divisor = greatestDivisor(width, height);
        double larger = Math.max(width / divisor, height / divisor);
        double scale = Math.min(1, MAX / larger);
        long scaledWidth = Math.max(1, Math.round(width / divisor * scale));
        long scaledHeight = Math.max(1, Math.round(height / divisor * scale));
        return scaledWidth == scaledHeight ? SQUARE : new SampleAspect((int) scaledWidth, (int) scaledHeight);
    }

    private static int greatestDivisor(int a, int b) {
        return (int) greatestDivisor((long) a, b);
    }

    private static long greatestDivisor(long a, long b) {
        return b == 0 ? a : greatestDivisor(b, a % b);
    }

    /** Whether this is a ratio of numbers that need not be in lowest terms; without allocating. */
    boolean isRatio(long otherWidth, long otherHeight) {
        return width * otherHeight == height * otherWidth;
    }

    /**
     * Whether pixels are as wide as they are high.
     *
     * @return true for 1:1.
     */
    public boolean isSquare() {
        return width == height;
    }

    /**
     * The aspect of pixels that are turned by a quarter.
     *
     * @return with width and height exchanged.
     */
    public SampleAspect transposed() {
        return isSquare() ? this : new SampleAspect(height, width);
    }

    /**
     * The aspect that pixels have after a picture was resized, so that it is shown in the same shape. Square pixels
     * stay square: another shape is then what was asked for.
     *
     * @param fromWidth  the width before, in pixels.
     * @param fromHeight the height before, in pixels.
     * @param toWidth    the width after, in pixels.
     * @param toHeight   the height after, in pixels.
     * @return the aspect.
     */
    public SampleAspect resized(int fromWidth, int fromHeight, int toWidth, int toHeight) {
        boolean isSame = fromWidth == toWidth && fromHeight == toHeight;
        return isSquare() || isSame
                ? this
                : of((long) width * fromWidth * toHeight, (long) height * fromHeight * toWidth);
    }

    @Override
    public String toString() {
        return width + ":" + height;
    }
}
