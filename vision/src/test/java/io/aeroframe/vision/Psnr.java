package io.aeroframe.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** How alike two pictures are. */
public final class Psnr {

    private Psnr() {}

    /** Peak signal-to-noise ratio of bytes, in dB; infinite if they are equal. */
    public static double of(byte[] expected, byte[] actual) {
        assertEquals(expected.length, actual.length, "length");
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            int difference = (expected[i] & 0xFF) - (actual[i] & 0xFF);
            sum += difference * difference;
        }
        return sum == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(255.0 * 255.0 * expected.length / sum);
    }
}
