package io.aeroframe.vision.source;

import java.nio.IntBuffer;
import org.opencv.core.Core;
import org.opencv.core.Mat;

/**
 * How a stored picture is turned before it is shown, in the order of Exif's numbers (Exif 2.3, tag 0x0112): first
 * transposed, then mirrored left to right, then upside down.
 */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    ROTATED_180(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    ROTATED_90(true, true, false),
    TRANSVERSE(true, true, true),
    ROTATED_270(true, false, true);

    private static final Orientation[] BY_EXIF = values();

    /** Where a display matrix has what the x and the y of a pixel give to the x and the y where it is shown. */
    private static final int XX = 0;

    private static final int XY = 1;
    private static final int YX = 3;
    private static final int YY = 4;

    private final boolean isTransposed;
    private final boolean isMirrored;
    private final boolean isFlipped;

    Orientation(boolean isTransposed, boolean isMirrored, boolean isFlipped) {
        this.isTransposed = isTransposed;
        this.isMirrored = isMirrored;
        this.isFlipped = isFlipped;
    }

    /** The orientation of Exif's number; upright for any other number, as decoders have it. */
    static Orientation ofExif(int number) {
        return number >= 1 && number <= BY_EXIF.length ? BY_EXIF[number - 1] : UPRIGHT;
    }

    /**
     * The orientation that is nearest to a display matrix, of which scale and position do not count.
     *
     * @param matrix 9 numbers as in {@code libavutil/display.h}: (x, y) is shown at (x m0 + y m3, x m1 + y m4).
     */
    static Orientation ofDisplayMatrix(IntBuffer matrix) {
        long xx = matrix.get(XX);
        long xy = matrix.get(XY);
        long yx = matrix.get(YX);
        long yy = matrix.get(YY);
        boolean isTransposed = Math.abs(xy) + Math.abs(yx) > Math.abs(xx) + Math.abs(yy);
        long horizontal = isTransposed ? yx : xx;
        long vertical = isTransposed ? xy : yy;
        return of(isTransposed, horizontal < 0, vertical < 0);
    }

    private static Orientation of(boolean isTransposed, boolean isMirrored, boolean isFlipped) {
        for (Orientation orientation : BY_EXIF) {
            if (orientation.isTransposed == isTransposed
                    && orientation.isMirrored == isMirrored
                    && orientation.isFlipped == isFlipped) {
                return orientation;
            }
        }
        throw new AssertionError("all eight are here");
    }

    /** Whether width and height change places. */
    boolean isTransposed() {
        return isTransposed;
    }

    /**
     * Turns a picture.
     *
     * @param shown takes the result, in place if it has its size and type; other memory than the source's.
     */
    void apply(Mat stored, Mat shown) {
        if (isTransposed) {
            Core.transpose(stored, shown);
            if (isMirrored || isFlipped) {
                Core.flip(shown, shown, flipCode());
            }
        } else if (this == UPRIGHT) {
            stored.copyTo(shown);
        } else {
            Core.flip(stored, shown, flipCode());
        }
    }

    private int flipCode() {
        return isMirrored && isFlipped ? -1 : isMirrored ? 1 : 0;
    }
}
