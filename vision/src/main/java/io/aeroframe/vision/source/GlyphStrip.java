package io.aeroframe.vision.source;

import java.nio.ByteBuffer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Digits, colon and full stop as BGR24 cells of one size, drawn once: writing a number into a frame is then a few
 * copies, and no string is made. One thread.
 */
final class GlyphStrip {

    private static final String SYMBOLS = "0123456789:.";
    private static final int COLON = 10;
    private static final int FULL_STOP = 11;
    private static final int FONT = Imgproc.FONT_HERSHEY_DUPLEX;
    private static final int BYTES_PER_PIXEL = 3;

    private final ByteBuffer[] glyphs = new ByteBuffer[SYMBOLS.length()];
    private final int cellWidth;
    private final int cellHeight;

    private GlyphStrip(int cellWidth, int cellHeight) {
        this.cellWidth = cellWidth;
        this.cellHeight = cellHeight;
    }

    /**
     * Draws the cells.
     *
     * @param cellHeight the cell height in pixels, at least 8.
     * @param ink        the colour of the symbols.
     * @param paper      the colour around them.
     */
    static GlyphStrip draw(int cellHeight, Scalar ink, Scalar paper) {
        int[] baseline = new int[1];
        Size unit = Imgproc.getTextSize("0", FONT, 1, 1, baseline);
        double scale = cellHeight * 0.66 / unit.height;
        int thickness = Math.max(1, (int) Math.round(scale * 1.4));
        int cellWidth = (int) Math.ceil(unit.width * scale) + thickness;
        GlyphStrip strip = new GlyphStrip(cellWidth, cellHeight);
        Mat cell = new Mat(cellHeight, cellWidth, CvType.CV_8UC3);
        byte[] pixels = new byte[cellWidth * cellHeight * BYTES_PER_PIXEL];
        for (int i = 0; i < SYMBOLS.length(); i++) {
            String symbol = SYMBOLS.substring(i, i + 1);
            Size size = Imgproc.getTextSize(symbol, FONT, scale, thickness, baseline);
            cell.setTo(paper);
            Point origin = new Point((cellWidth - size.width) / 2, (cellHeight + unit.height * scale) / 2);
            Imgproc.putText(cell, symbol, origin, FONT, scale, ink, thickness, Imgproc.LINE_AA);
            cell.get(0, 0, pixels);
            strip.glyphs[i] = ByteBuffer.allocateDirect(pixels.length).put(0, pixels);
        }
        cell.release();
        return strip;
    }

    int cellWidth() {
        return cellWidth;
    }

    /**
     * Writes a number with leading zeros.
     *
     * @param frame  BGR24 pixels from index 0.
     * @param stride the stride of the frame in bytes.
     * @param x      the x coordinate of the first cell's left edge in pixels; the cells must lie within the frame.
     * @param y      the y coordinate of the cells' upper edge in pixels.
     * @param digits how many are written; a longer number loses its first ones.
     * @param number not negative.
     * @return the x behind the last cell.
     */
    int putNumber(ByteBuffer frame, int stride, int x, int y, int digits, long number) {
        long rest = number;
        for (int i = digits - 1; i >= 0; i--) {
            putCell(frame, stride, x + i * cellWidth, y, (int) (rest % 10));
            rest /= 10;
        }
        return x + digits * cellWidth;
    }

    /**
     * Writes a time of day, twelve cells: {@code 23:59:59.999}.
     *
     * @param frame       BGR24 pixels from index 0.
     * @param stride      the stride of the frame in bytes.
     * @param x           the x coordinate of the first cell's left edge in pixels.
     * @param y           the y coordinate of the cells' upper edge in pixels.
     * @param millisOfDay since midnight.
     */
    void putTime(ByteBuffer frame, int stride, int x, int y, long millisOfDay) {
        int at = putNumber(frame, stride, x, y, 2, millisOfDay / 3_600_000);
        at = putCell(frame, stride, at, y, COLON);
        at = putNumber(frame, stride, at, y, 2, millisOfDay / 60_000 % 60);
        at = putCell(frame, stride, at, y, COLON);
        at = putNumber(frame, stride, at, y, 2, millisOfDay / 1_000 % 60);
        at = putCell(frame, stride, at, y, FULL_STOP);
        putNumber(frame, stride, at, y, 3, millisOfDay % 1_000);
    }

    private int putCell(ByteBuffer frame, int stride, int x, int y, int symbol) {
        ByteBuffer glyph = glyphs[symbol];
        int rowLength = cellWidth * BYTES_PER_PIXEL;
        int target = y * stride + x * BYTES_PER_PIXEL;
        for (int row = 0; row < cellHeight; row++) {
            frame.put(target + row * stride, glyph, row * rowLength, rowLength);
        }
        return x + cellWidth;
    }
}
