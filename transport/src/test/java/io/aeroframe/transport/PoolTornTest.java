package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A publisher flat out and four readers in processes of their own: not one byte of another frame in any frame. {@code
 * -Dstress=true} runs the long version.
 */
class PoolTornTest {

    private static final int READERS = 4;
    private static final boolean IS_LONG = Boolean.getBoolean("stress");

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @ParameterizedTest
    @CsvSource({"640, 480, 4000, 200000", "1280, 688, 600, 20000"})
    void everyByteOfEveryFrameIsItsOwn(int width, int height, int few, int many) throws Exception {
        int frames = Integer.getInteger("stress.frames", IS_LONG ? many : few);
        List<StreamProcess> readers = new ArrayList<>();
        FrameFormat format = FrameFormat.bgr24(width, height);
        try (StreamProcess publisher = StreamProcess.publisher(host.base(), format, 8, 0, frames, 1)) {
            for (int i = 0; i < READERS; i++) {
                readers.add(StreamProcess.verifier(host.base(), i));
            }
            for (StreamProcess reader : readers) {
                reader.await("seen", 60);
            }
            long startNs = System.nanoTime();
            publisher.send("count");
            String ledger = publisher.await("published", 900);
            long verified = 0;
            long overruns = 0;
            for (StreamProcess reader : readers) {
                String[] words = reader.await("verified", 60).split(" ", 7);
                verified += Long.parseLong(words[0]) + Long.parseLong(words[1]);
                overruns += Long.parseLong(words[3]);
                assertEquals("0", words[2], "torn frames");
                assertEquals("true", words[4], "the account closes: " + words[6]);
                assertEquals("ENDED", words[5]);
            }
            System.out.printf(
                    "%dx%d: %d frames in %.1f s, %d readings verified, %d overruns, %s%n",
                    width, height, frames, (System.nanoTime() - startNs) / 1e9, verified, overruns, ledger);
            assertTrue(verified > frames / 10, "verified: " + verified);
            assertTrue(overruns > 0, "no slot was used again before a reader came to it: this shows nothing");
        } finally {
            readers.forEach(StreamProcess::close);
        }
    }
}
