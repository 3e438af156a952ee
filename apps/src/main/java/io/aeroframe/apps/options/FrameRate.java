package io.aeroframe.apps.options;

import io.aeroframe.vision.source.RateText;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The rate at which frames are published.
 *
 * @param perSecond the frames per second; {@link #SOURCE} and {@link #MAX} have values of their own.
 */
public record FrameRate(double perSecond) {

    /** The rate that the source's timestamps give. */
    public static final FrameRate SOURCE = new FrameRate(0);

    /** As fast as possible, without a schedule. */
    public static final FrameRate MAX = new FrameRate(Double.POSITIVE_INFINITY);

    private static final double HIGHEST = 1_000_000;

    /**
     * Whether the source's timestamps give the rate.
     *
     * @return true for {@link #SOURCE}.
     */
    public boolean isSource() {
        return perSecond == SOURCE.perSecond;
    }

    /**
     * Whether there is no schedule.
     *
     * @return true for {@link #MAX}.
     */
    public boolean isMax() {
        return perSecond == MAX.perSecond;
    }

    /**
     * The time from one frame to the next.
     *
     * @return nanoseconds; 0 without a schedule.
     */
    public double periodNs() {
        return 1e9 / perSecond;
    }

    @Override
    public String toString() {
        if (isSource()) {
            return "source";
        }
        if (isMax()) {
            return "max";
        }
        return perSecond == Math.rint(perSecond) ? Long.toString((long) perSecond) : Double.toString(perSecond);
    }

    private static FrameRate parse(String text, String choices) {
        if (text.strip().equalsIgnoreCase("max")) {
            return MAX;
        }
        double rate = RateText.parse(text);
        if (Double.isNaN(rate)) {
            throw new TypeConversionException("'" + text + "' is not a rate: use " + choices);
        }
        if (!(rate > 0 && rate <= HIGHEST)) {
            throw new TypeConversionException("'" + text + "' is not above 0 and at most 1000000: use " + choices);
        }
        return new FrameRate(rate);
    }

    /** Converts a rate for picocli: a number or {@code max}. */
    public static final class Converter implements ITypeConverter<FrameRate> {
        /** A converter, as picocli makes it. */
        public Converter() {}

        @Override
        public FrameRate convert(String text) {
            return parse(text, "frames per second, or max");
        }
    }

    /** Converts a rate of a source for picocli: a number, {@code source} or {@code max}. */
    public static final class SourceConverter implements ITypeConverter<FrameRate> {
        /** A converter, as picocli makes it. */
        public SourceConverter() {}

        @Override
        public FrameRate convert(String text) {
            return text.strip().equalsIgnoreCase("source") ? SOURCE : parse(text, "frames per second, source or max");
        }
    }
}
