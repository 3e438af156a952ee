package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.source.FrameSource;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PacerTest {

    private static final long SHOWN_NS = TimeUnit.MILLISECONDS.toNanos(200);

    @Test
    void theLastFrameIsShownForItsOwnTime() {
        Pacer pacer = new Pacer(FrameRate.SOURCE, new StillPicture(SHOWN_NS), () -> false);
        long startNs = System.nanoTime();
        assertTrue(pacer.await());
        pacer.awaitEnd();
        assertTrue(System.nanoTime() - startNs >= SHOWN_NS);
    }

    @Test
    void aFrameThatIsShownForAnHourDoesNotOutlastTheRun() {
        AtomicBoolean isOver = new AtomicBoolean();
        Pacer pacer = new Pacer(FrameRate.SOURCE, new StillPicture(TimeUnit.HOURS.toNanos(1)), isOver::get);
        assertTrue(pacer.await());
        isOver.set(true);
        pacer.awaitEnd();
    }

    private record StillPicture(long durationNs) implements FrameSource {

        @Override
        public boolean advance() {
            return true;
        }

        @Override
        public FrameFormat format() {
            return FrameFormat.gray8(1, 1);
        }

        @Override
        public int maxPayloadLength() {
            return 1;
        }

        @Override
        public long presentationTimeNs() {
            return 0;
        }

        @Override
        public int write(ByteBuffer target) {
            return 1;
        }

        @Override
        public int copies() {
            return 0;
        }

        @Override
        public double framesPerSecond() {
            return 0;
        }

        @Override
        public String describe() {
            return "still";
        }

        @Override
        public void close() {}
    }
}
