package io.aeroframe.vision.sink;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * Reduces pictures by whole factors, each pixel the mean of those that it stands for. To paint a picture at less than
 * half its size skips pixels, so that fine detail flickers: it is reduced by this first. One thread at a time.
 */
final class PictureReduction {

    private BufferedImage reduced;

    /**
     * The whole factor by which a picture can be reduced and is still no smaller than where it is painted.
     *
     * @param width       the width of the picture in pixels.
     * @param height      the height of the picture in pixels.
     * @param placeWidth  the width where it is painted, in pixels of the screen.
     * @param placeHeight the height where it is painted.
     * @return 1 if it is painted at half its size or more.
     */
    static int factor(int width, int height, int placeWidth, int placeHeight) {
        return Math.max(1, Math.min(width / Math.max(1, placeWidth), height / Math.max(1, placeHeight)));
    }

    /**
     * Reduces a picture.
     *
     * @param image  a picture with one int of red, green and blue a pixel.
     * @param factor the factor, at least 1.
     * @return the picture itself if the factor is 1; else one that is overwritten by the next call.
     */
    BufferedImage reduce(BufferedImage image, int factor) {
        if (factor == 1) {
            return image;
        }
        int width = image.getWidth() / factor;
        int height = image.getHeight() / factor;
        if (reduced == null || reduced.getWidth() != width || reduced.getHeight() != height) {
            reduced = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        }
        int[] from = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        int[] to = ((DataBufferInt) reduced.getRaster().getDataBuffer()).getData();
        for (int y = 0; y < height; y++) {
            int top = edge(y, image.getHeight(), height);
            int bottom = edge(y + 1, image.getHeight(), height);
            for (int x = 0; x < width; x++) {
                int left = edge(x, image.getWidth(), width);
                int right = edge(x + 1, image.getWidth(), width);
                to[y * width + x] = mean(from, image.getWidth(), left, right, top, bottom);
            }
        }
        return reduced;
    }

    /** Where a pixel begins: a rest of the division is spread over the picture. */
    private static int edge(int index, int length, int reducedLength) {
        return (int) ((long) index * length / reducedLength);
    }

    private static int mean(int[] pixels, int stride, int left, int right, int top, int bottom) {
        long red = 0;
        long green = 0;
        long blue = 0;
        for (int y = top; y < bottom; y++) {
            for (int i = y * stride + left; i < y * stride + right; i++) {
                int pixel = pixels[i];
                red += pixel >> 16 & 0xff;
                green += pixel >> 8 & 0xff;
                blue += pixel & 0xff;
            }
        }
        long count = (long) (right - left) * (bottom - top);
        long half = count / 2;
        return (int) ((red + half) / count << 16 | (green + half) / count << 8 | (blue + half) / count);
    }
}
