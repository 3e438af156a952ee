package io.aeroframe.apps;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How fast frames are published.
 *
 * @param perSecond frames a second; {@link #SOURCE_RATE} or {@link #NO_LIMIT} for the two named rates.
 */
record FrameRate(double perSecond) {

    private static final double SOURCE_RATE = 0;
    private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

    /** As the source's own timestamps say. */
    static final FrameRate SOURCE = new FrameRate(SOURCE_RATE);

    /** As fast as they can be had. */
    static final FrameRate MAX = new FrameRate(NO_LIMIT);

    boolean isSource() {
        return perSecond == SOURCE_RATE;
    }

    boolean isMax() {
        return perSecond == NO_LIMIT;
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<FrameRate> {
        private static final double HIGHEST = 1_000_000;

        @Override
        public FrameRate convert(String text) {
            if (text.equals("source")) {
                return SOURCE;
            }
            if (text.equals("max")) {
                return MAX;
            }
            double rate;
            try {
                rate = Double.parseDouble(text);
            } catch (NumberFormatException ex) {
                throw new TypeConversionException("'" + text + "' is not a rate: give a number, source or max");
            }
            if (!(rate > 0 && rate <= HIGHEST)) {
                throw new TypeConversionException("'" + text + "' is not a rate above 0: give a number, source or max");
            }
            return new FrameRate(rate);
        }
    }
}
