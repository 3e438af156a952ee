package io.aeroframe.vision.internal;

import io.aeroframe.transport.ColorEncoding;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * How the YUV of a picture maps to RGB: the numbers of its matrix as swscale takes them, in 65536ths for luma of 219
 * and chroma of 224 steps, and the range. More than a frame can say of itself ({@link ColorEncoding}). Any thread.
 *
 * @param redOfV       what V adds to red.
 * @param blueOfU      what U adds to blue.
 * @param greenOfU     what U takes from green.
 * @param greenOfV     what V takes from green.
 * @param isFullRange true for luma from 0 to 255, false for 16 to 235.
 */
public record PictureColor(int redOfV, int blueOfU, int greenOfU, int greenOfV, boolean isFullRange) {

    private static final PictureColor BT601 = ofWeights(0.299, 0.114);
    private static final PictureColor BT709 = ofWeights(0.2126, 0.0722);
    private static final PictureColor BT2020 = ofWeights(0.2627, 0.0593);

    /**
     * The color of frames.
     *
     * @param encoding their encoding.
     * @return the same as numbers.
     */
    public static PictureColor of(ColorEncoding encoding) {
        return (encoding.isBt709() ? BT709 : BT601).withRange(encoding.isFullRange());
    }

    /**
     * The color of a picture of FFmpeg's.
     *
     * @param space       an {@code AVCOL_SPC}, not unspecified.
     * @param primaries   an {@code AVCOL_PRI}; counts only for a matrix that is derived from it.
     * @param isFullRange true for luma from 0 to 255.
     * @return the color.
     * @throws IllegalArgumentException if no matrix of luma and chroma gives the colors of such a picture.
     */
    public static PictureColor of(int space, int primaries, boolean isFullRange) {
        PictureColor limited =
                switch (space) {
                    case avutil.AVCOL_SPC_BT709 -> BT709;
                    case avutil.AVCOL_SPC_BT470BG, avutil.AVCOL_SPC_SMPTE170M -> BT601;
                    case avutil.AVCOL_SPC_FCC -> ofWeights(0.30, 0.11);
                    case avutil.AVCOL_SPC_SMPTE240M -> ofWeights(0.212, 0.087);
                    case avutil.AVCOL_SPC_BT2020_NCL -> BT2020;
                    case avutil.AVCOL_SPC_CHROMA_DERIVED_NCL -> ofPrimaries(primaries);
                    default -> null;
                };
        if (limited == null) {
            throw new IllegalArgumentException("their color matrix is " + nameOf(space)
                    + ", which cannot be converted to RGB here; convert the input to BT.709 first, as with ffmpeg's"
                    + " filter zscale=matrix=709");
        }
        return limited.withRange(isFullRange);
    }

    /**
     * FFmpeg's name of a matrix.
     *
     * @param space an {@code AVCOL_SPC}.
     * @return the name, or the number of one that FFmpeg does not know.
     */
    public static String nameOf(int space) {
        BytePointer name = avutil.av_color_space_name(space);
        return name == null || name.isNull() ? "number " + space : name.getString();
    }

    private static PictureColor ofWeights(double red, double blue) {
        double green = 1 - red - blue;
        return new PictureColor(
                scaled(2 * (1 - red)),
                scaled(2 * (1 - blue)),
                scaled(2 * blue * (1 - blue) / green),
                scaled(2 * red * (1 - red) / green),
                false);
    }

    private static int scaled(double ofFullRange) {
        return (int) Math.round(ofFullRange * 255 / 224 * 65_536);
    }

    /** The weights that make the luma of white from those of the primaries (ITU-T H.273, equations 39 to 44). */
    private static PictureColor ofPrimaries(int primaries) {
        return switch (primaries) {
            case avutil.AVCOL_PRI_BT709 -> BT709;
            case avutil.AVCOL_PRI_BT470M -> ofWeights(0.2990, 0.1146);
            case avutil.AVCOL_PRI_BT470BG -> ofWeights(0.2220, 0.0713);
            case avutil.AVCOL_PRI_SMPTE170M, avutil.AVCOL_PRI_SMPTE240M -> ofWeights(0.2124, 0.0866);
            case avutil.AVCOL_PRI_BT2020 -> BT2020;
            case avutil.AVCOL_PRI_SMPTE431 -> ofWeights(0.2095, 0.0689);
            case avutil.AVCOL_PRI_SMPTE432 -> ofWeights(0.2290, 0.0793);
            default -> null;
        };
    }

    private PictureColor withRange(boolean isFull) {
        return new PictureColor(redOfV, blueOfU, greenOfU, greenOfV, isFull);
    }

    /**
     * The same as a frame says it.
     *
     * @return the encoding, or null if frames have no such matrix.
     */
    public ColorEncoding encoding() {
        PictureColor limited = withRange(false);
        return limited.equals(BT709) || limited.equals(BT601)
                ? ColorEncoding.of(limited.equals(BT709), isFullRange)
                : null;
    }

    /** The matrix as swscale takes it, to be closed by the caller. */
    IntPointer coefficients() {
        return new IntPointer(redOfV, blueOfU, greenOfU, greenOfV);
    }
}
