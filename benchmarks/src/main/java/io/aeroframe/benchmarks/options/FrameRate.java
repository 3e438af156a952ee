package io.aeroframe.benchmarks.options;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The rate at which frames are written.
 *
 * @param perSecond the frames per second; infinite for as many as possible
 */
public record FrameRate(double perSecond) {

    /** As fast as possible, without a schedule. */
    public static final FrameRate MAX = new FrameRate(Double.POSITIVE_INFINITY);

    public boolean isMax() {
        return perSecond == Double.POSITIVE_INFINITY;
    }

    /** The time from one frame to the next; 0 without a schedule. */
    public double periodNs() {
        return 1e9 / perSecond;
    }

    @Override
    public String toString() {
        if (isMax()) {
            return "max";
        }
        return perSecond == Math.rint(perSecond) ? Long.toString((long) perSecond) : Double.toString(perSecond);
    }

    /** Converts a rate for picocli. */
    public static final class Converter implements ITypeConverter<FrameRate> {
        private static final double HIGHEST = 1_000_000;

        @Override
        public FrameRate convert(String text) {
            if (text.equalsIgnoreCase("max")) {
                return MAX;
            }
            double rate;
            try {
                rate = Double.parseDouble(text);
            } catch (NumberFormatException ex) {
                throw new TypeConversionException("'" + text + "' is not a rate: use frames per second, or max");
            }
            if (!(rate > 0 && rate <= HIGHEST)) {
                throw new TypeConversionException(
                        "'" + text + "' is not above 0 and at most 1000000: use frames per second, or max");
            }
            return new FrameRate(rate);
        }
    }
}
