package io.aeroframe.apps.bridge;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.source.FrameSource;
import java.nio.ByteBuffer;

/** A source whose frames are received whole, into memory of its own, by {@link #advance()}. */
public abstract class BridgeSource implements FrameSource {

    /** The frame that was received last. */
    protected final ReceivedFrame received = new ReceivedFrame();

    /** For bridges. */
    protected BridgeSource() {}

    @Override
    public final FrameFormat format() {
        return received.format();
    }

    @Override
    public final int maxPayloadLength() {
        return received.payload().limit();
    }

    @Override
    public long presentationTimeNs() {
        return NO_TIME;
    }

    @Override
    public double framesPerSecond() {
        return 0;
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public final int write(ByteBuffer target) {
        ByteBuffer payload = received.payload();
        target.put(0, payload, 0, payload.limit());
        return payload.limit();
    }

    @Override
    public int copies() {
        return 1;
    }

    @Override
    public final ByteBuffer inPlace() {
        return received.payload();
    }
}
