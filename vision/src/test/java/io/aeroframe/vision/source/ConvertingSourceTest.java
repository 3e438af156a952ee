package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ConvertingSourceTest {

    private static SourceOptions options(int width, int height, PixelFormat pixels) {
        return new SourceOptions().size(width, height).pixelFormat(pixels).encoding(SourceOptions.EncodingChoice.RAW);
    }

    @Test
    void isTheSourceItselfWhereNothingIsAskedFor() {
        FrameSource flat = new FlatSource(FrameFormat.bgr24(64, 48));
        assertSame(flat, ConvertingSource.of(flat, options(0, 0, null)));
    }

    @Test
    void convertsPixelFormatAndSize() throws Exception {
        FrameFormat[] formats = {FrameFormat.bgr24(64, 48), FrameFormat.gray8(321, 243)};
        try (FrameSource source = ConvertingSource.of(new FlatSource(formats), options(33, 21, PixelFormat.I420))) {
            FrameFormat first = null;
            for (int i = 0; i < formats.length; i++) {
                assertTrue(source.advance());
                byte[] frame = Frames.bytes(source);
                assertEquals(source.maxPayloadLength(), frame.length);
                assertEquals(126, frame[0] & 0xFF, 1); // 128 of full range
                assertEquals(128, frame[frame.length - 1] & 0xFF, 1);
                if (first != null) {
                    assertSame(first, source.format());
                }
                first = source.format();
            }
            assertFalse(source.advance());
        }
    }

    @Test
    void leavesFramesAloneThatAreAsAsked() throws Exception {
        FrameFormat padded = new FrameFormat(
                64,
                48,
                200,
                PixelFormat.BGR24,
                FrameFormat.bgr24(1, 1).encoding(),
                FrameFormat.bgr24(1, 1).color());
        try (FrameSource source = ConvertingSource.of(new FlatSource(padded), options(64, 48, PixelFormat.BGR24))) {
            assertTrue(source.advance());
            assertSame(padded, source.format());
            assertEquals(padded.maxPayloadLength(), Frames.bytes(source).length);
        }
    }

    @Test
    void passesJpegFramesOn() throws Exception {
        FrameFormat jpeg = FrameFormat.jpeg(64, 48);
        try (FrameSource source = ConvertingSource.of(new FlatSource(jpeg), options(0, 0, PixelFormat.GRAY8))) {
            assertTrue(source.advance());
            assertSame(jpeg, source.format());
        }
    }

    @Test
    void allocatesNothingPerFrame() throws Exception {
        FrameFormat[] formats = new FrameFormat[800];
        Arrays.fill(formats, FrameFormat.bgr24(320, 240));
        try (FrameSource source = ConvertingSource.of(new FlatSource(formats), options(160, 120, PixelFormat.NV12))) {
            ByteBuffer target = ByteBuffer.allocateDirect(160 * 120 * 2);
            double bytes = AllocatedBytes.perCall(200, i -> {
                source.advance();
                source.write(target);
            });
            assertTrue(bytes < 8, bytes + " bytes a frame");
        }
    }

    /** Gray frames of the given formats, one after the other. */
    private static final class FlatSource implements FrameSource {

        private final FrameFormat[] formats;
        private int next;

        FlatSource(FrameFormat... formats) {
            this.formats = formats;
        }

        @Override
        public boolean advance() {
            return next++ < formats.length;
        }

        @Override
        public FrameFormat format() {
            return formats[next - 1];
        }

        @Override
        public long presentationTimeNs() {
            return NO_TIME;
        }

        @Override
        public int write(ByteBuffer target) {
            int length = format().maxPayloadLength();
            for (int i = 0; i < length; i++) {
                target.put(i, (byte) 128);
            }
            return length;
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
            return "flat";
        }

        @Override
        public void close() {
            next = formats.length;
        }
    }
}
