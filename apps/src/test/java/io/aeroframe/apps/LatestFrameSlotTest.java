package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameLease;
import io.aeroframe.vision.sink.FrameSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatestFrameSlotTest {

    static List<Throwable> failures() {
        return List.of(
                new IOException("the disk is full"),
                new IllegalStateException("closed"),
                new OutOfMemoryError("Java heap space"),
                new UnsatisfiedLinkError("no jnia in java.library.path"),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void passesOnWhateverTheSinkThrewAndGoesOnGivingFramesBack(Throwable failure) throws Exception {
        LatestFrameSlot slot = new LatestFrameSlot(new ThrowingSink(failure), frame -> {});
        LeasedFrame first = new LeasedFrame();
        slot.put(first);
        LeasedFrame second = new LeasedFrame();
        slot.put(second);
        slot.finish();
        assertSame(failure, assertThrows(failure.getClass(), slot::rethrow));
        assertEquals(0, slot.accepted());
        assertTrue(first.isClosed && second.isClosed);
    }

    private record ThrowingSink(Throwable failure) implements FrameSink {

        @Override
        public void accept(Frame frame) throws IOException {
            if (failure instanceof IOException thrown) {
                throw thrown;
            }
            if (failure instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw (Error) failure;
        }

        @Override
        public int copies() {
            return 0;
        }

        @Override
        public void close() {}
    }

    /** A frame of one gray pixel that knows whether it was given back. */
    private static final class LeasedFrame implements Frame, FrameLease {

        private final ByteBuffer bytes = ByteBuffer.allocateDirect(1);
        private volatile boolean isClosed;

        @Override
        public FrameFormat format() {
            return FrameFormat.gray8(1, 1);
        }

        @Override
        public long sequence() {
            return 0;
        }

        @Override
        public long captureTimeNs() {
            return 0;
        }

        @Override
        public long publishTimeNs() {
            return 0;
        }

        @Override
        public boolean isSameHost() {
            return true;
        }

        @Override
        public DirectBuffer payload() {
            return new UnsafeBuffer(bytes);
        }

        @Override
        public int payloadLength() {
            return 1;
        }

        @Override
        public ByteBuffer payloadByteBuffer() {
            return bytes;
        }

        @Override
        public DirectBuffer metadata() {
            return new UnsafeBuffer(0, 0);
        }

        @Override
        public boolean isPooled() {
            return false;
        }

        @Override
        public boolean isRevoked() {
            return false;
        }

        @Override
        public FrameLease retain() {
            return this;
        }

        @Override
        public Frame frame() {
            return this;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
