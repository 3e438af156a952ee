package io.aeroframe.vision.sink;

import java.awt.Dimension;
import java.awt.Rectangle;

/** Where a picture goes in a window so that its aspect is kept. Sizes in pixels, all at least 1. */
final class Letterbox {

    /** Pictures smaller than this are enlarged when a window is first made for them. */
    static final int MIN_FIRST_WIDTH = 320;

    private Letterbox() {}

    /**
     * The largest rectangle of the picture's aspect in the middle of an area.
     *
     * @param width      the width of the picture.
     * @param height     the height of the picture.
     * @param areaWidth  the width of the area.
     * @param areaHeight the height of the area.
     * @param target     gets the rectangle.
     */
    static void fit(int width, int height, int areaWidth, int areaHeight, Rectangle target) {
        if ((long) areaWidth * height <= (long) areaHeight * width) {
            target.width = areaWidth;
            target.height = scaled(height, areaWidth, width);
        } else {
            target.width = scaled(width, areaHeight, height);
            target.height = areaHeight;
        }
        target.x = (areaWidth - target.width) / 2;
        target.y = (areaHeight - target.height) / 2;
    }

    /**
     * The size of a window's inside for its first picture: the picture's own, enlarged if it is tiny, reduced if it
     * does not fit.
     *
     * @param width  the width of the picture.
     * @param height the height of the picture.
     * @param limit  the largest inside that fits the screen.
     * @return the size.
     */
    static Dimension firstSize(int width, int height, Dimension limit) {
        int wantedWidth = Math.max(width, MIN_FIRST_WIDTH);
        int wantedHeight = scaled(height, wantedWidth, width);
        if (wantedWidth <= limit.width && wantedHeight <= limit.height) {
            return new Dimension(wantedWidth, wantedHeight);
        }
        Rectangle inside = new Rectangle();
        fit(width, height, limit.width, limit.height, inside);
        return inside.getSize();
    }

    private static int scaled(int value, int numerator, int denominator) {
        long rounded = ((long) value * numerator + denominator / 2) / denominator;
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, rounded));
    }
}
