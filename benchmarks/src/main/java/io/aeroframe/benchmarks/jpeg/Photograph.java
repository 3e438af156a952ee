package io.aeroframe.benchmarks.jpeg;

import java.nio.ByteBuffer;
import org.agrona.BufferUtil;

/**
 * Makes a picture that compresses like a photograph: it has detail of all scales, less of the finer ones, colour that
 * varies more slowly than light, grain, and edges. Always the same picture for a size. As a JPEG of quality 80 it has
 * one to two bits per pixel, as photographs do.
 */
final class Photograph {

    private static final int ALIGNMENT = 64;
    private static final int OCTAVES = 7;
    private static final double LIGHT = 46;
    private static final double COLOUR = 26;
    private static final int COLOUR_OCTAVES = 4;
    private static final double ROUGHNESS = 0.66;
    private static final double GRAIN = 10;
    private static final double EDGE = 34;

    private Photograph() {}

    /** Returns BGR pixels without padding, in a direct buffer at position 0. */
    static ByteBuffer of(int width, int height) {
        ByteBuffer pixels = BufferUtil.allocateDirectAligned(3 * width * height, ALIGNMENT);
        double cell = Math.max(width, height) / 3.0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double light = 118
                        + LIGHT * clouds(x, y, cell, OCTAVES, 1)
                        + EDGE * edges(x, y, width, height)
                        + GRAIN * noise(x, y, 2);
                double blue = COLOUR * clouds(x, y, cell, COLOUR_OCTAVES, 3);
                double red = COLOUR * clouds(x, y, cell, COLOUR_OCTAVES, 4);
                pixels.put(clamped(light + 1.6 * blue));
                pixels.put(clamped(light - 0.4 * blue - 0.7 * red));
                pixels.put(clamped(light + 1.4 * red));
            }
        }
        return pixels.flip();
    }

    /** Returns the light of discs and stripes. */
    private static double edges(int x, int y, int width, int height) {
        double sum = 0;
        for (int i = 0; i < 6; i++) {
            double dx = x - width * (0.1 + 0.16 * i);
            double dy = y - height * (0.5 + 0.35 * noise(i, 7, 5));
            double radius = height * (0.06 + 0.03 * i);
            if (dx * dx + dy * dy < radius * radius) {
                sum += (i & 1) == 0 ? 1 : -1;
            }
        }
        boolean isStriped = y > height * 3 / 4 && x < width / 4;
        return isStriped && ((x + y / 2) / 9 & 1) == 0 ? sum + 1 : sum;
    }

    private static double clouds(int x, int y, double cell, int octaves, int seed) {
        double sum = 0;
        double amplitude = 1;
        double size = cell;
        for (int i = 0; i < octaves; i++) {
            sum += amplitude * smooth(x / size, y / size, seed * 31 + i);
            amplitude *= ROUGHNESS;
            size /= 2;
        }
        return sum;
    }

    private static double smooth(double x, double y, int seed) {
        int left = (int) x;
        int top = (int) y;
        double across = eased(x - left);
        double down = eased(y - top);
        double above = noise(left, top, seed) * (1 - across) + noise(left + 1, top, seed) * across;
        double below = noise(left, top + 1, seed) * (1 - across) + noise(left + 1, top + 1, seed) * across;
        return above * (1 - down) + below * down;
    }

    private static double eased(double t) {
        return t * t * (3 - 2 * t);
    }

    /** Returns noise from -1 to 1, always the same at a point. */
    private static double noise(int x, int y, int seed) {
        long hash = x * 0x9E3779B97F4A7C15L + y * 0xC2B2AE3D27D4EB4FL + seed * 0x165667B19E3779F9L;
        hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        return (hash >> 11) / (double) (1L << 52);
    }

    private static byte clamped(double value) {
        return (byte) Math.max(0, Math.min(255, Math.round(value)));
    }
}
