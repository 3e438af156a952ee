package io.aeroframe.vision.jpeg;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;

/** TurboJPEG where there is one. */
public final class Turbo {

    private Turbo() {}

    /** A codec to be closed; the test is left out where the library is missing. */
    public static JpegCodec assumeThere() throws IOException {
        assumeTrue(JpegCodecs.hasTurbo(), () -> "no TurboJPEG here: " + TurboJpeg.unavailable());
        return new TurboJpegCodec();
    }
}
