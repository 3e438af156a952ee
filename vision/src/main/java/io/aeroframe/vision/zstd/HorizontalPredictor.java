package io.aeroframe.vision.zstd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Pixels as differences to their left neighbours, byte by byte and modulo 256: smooth pictures become runs of small
 * values, of which an entropy coder makes little. The first pixel of a row stands as it is, so that rows do not depend
 * on each other.
 *
 * <p>Eight bytes are worked on at a time, added and subtracted within a long without carries from one byte into the
 * next.
 */
final class HorizontalPredictor {

    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private HorizontalPredictor() {}

    /**
     * Writes the differences of a frame, without padding.
     *
     * @param pixels a raw frame.
     * @param format its format.
     * @param target gets as many bytes as {@link FrameFormat#decoded()} of the compressed frame has.
     * @return how many those are.
     */
    static int encode(DirectBuffer pixels, FrameFormat format, MutableDirectBuffer target) {
        PixelFormat kind = format.pixelFormat();
        int to = 0;
        for (int plane = 0; plane < kind.planeCount(); plane++) {
            int from = (int) kind.planeOffset(plane, format.stride(), format.height());
            int stride = kind.planeStride(plane, format.stride());
            int rowLength = kind.rowLength(plane, format.width());
            int distance = kind.sampleDistance(plane);
            for (int rows = kind.planeHeight(plane, format.height()); rows > 0; rows--) {
                encodeRow(pixels, from, target, to, rowLength, distance);
                from += stride;
                to += rowLength;
            }
        }
        return to;
    }

    /**
     * Makes a frame of its differences, in place.
     *
     * @param frame  a raw frame without padding.
     * @param format its format.
     */
    static void decode(MutableDirectBuffer frame, FrameFormat format) {
        PixelFormat kind = format.pixelFormat();
        int row = 0;
        for (int plane = 0; plane < kind.planeCount(); plane++) {
            int rowLength = kind.rowLength(plane, format.width());
            int distance = kind.sampleDistance(plane);
            for (int rows = kind.planeHeight(plane, format.height()); rows > 0; rows--) {
                decodeRow(frame, row, rowLength, distance);
                row += rowLength;
            }
        }
    }

    private static void encodeRow(
            DirectBuffer pixels, int from, MutableDirectBuffer target, int to, int length, int distance) {
        int i = 0;
        for (; i < Math.min(distance, length); i++) {
            target.putByte(to + i, pixels.getByte(from + i));
        }
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            long here = pixels.getLong(from + i, LITTLE_ENDIAN);
            long left = pixels.getLong(from + i - distance, LITTLE_ENDIAN);
            target.putLong(to + i, minus(here, left), LITTLE_ENDIAN);
        }
        for (; i < length; i++) {
            target.putByte(to + i, (byte) (pixels.getByte(from + i) - pixels.getByte(from + i - distance)));
        }
    }

    private static void decodeRow(MutableDirectBuffer frame, int row, int length, int distance) {
        int group = Long.BYTES / distance * distance; // whole pixels only: 6 bytes of three each
        int groupBits = Byte.SIZE * group;
        int pixelBits = Byte.SIZE * distance;
        long pixelMask = (1L << pixelBits) - 1;
        long groupMask = group == Long.BYTES ? -1L : (1L << groupBits) - 1;
        long everyPixel = 0;
        for (int bit = 0; bit < groupBits; bit += pixelBits) {
            everyPixel |= 1L << bit;
        }
        long left = 0; // the pixel to the left of the group, in the place of each of the group's
        int i = 0;
        for (; i <= length - Long.BYTES; i += group) {
            long differences = frame.getLong(row + i, LITTLE_ENDIAN);
            long sums = differences;
            for (int shift = pixelBits; shift < groupBits; shift <<= 1) {
                sums = plus(sums, sums << shift);
            }
            long pixels = plus(sums, left);
            frame.putLong(row + i, pixels & groupMask | differences & ~groupMask, LITTLE_ENDIAN);
            left = plus(left, (sums >>> (groupBits - pixelBits) & pixelMask) * everyPixel);
        }
        for (i = Math.max(i, distance); i < length; i++) {
            frame.putByte(row + i, (byte) (frame.getByte(row + i) + frame.getByte(row + i - distance)));
        }
    }

    private static long plus(long a, long b) {
        return (a & ~HIGH_BITS) + (b & ~HIGH_BITS) ^ (a ^ b) & HIGH_BITS;
    }

    private static long minus(long a, long b) {
        return (a | HIGH_BITS) - (b & ~HIGH_BITS) ^ (a ^ ~b) & HIGH_BITS;
    }
}
