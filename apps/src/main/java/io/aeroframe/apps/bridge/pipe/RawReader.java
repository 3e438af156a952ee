package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.transport.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Raw frames of one format, nothing between them: what {@code ffmpeg -f rawvideo -} writes. */
final class RawReader implements PipeReader {

    private final FrameFormat format;

    RawReader(FrameFormat format) {
        this.format = format;
    }

    @Override
    public boolean next(PipeInput input, ReceivedFrame received) throws IOException {
        if (!input.await(1)) {
            return false;
        }
        readFrame(input, received, format);
        return true;
    }

    static void readFrame(PipeInput input, ReceivedFrame received, FrameFormat format) throws IOException {
        long start = input.offset();
        ByteBuffer room = received.room(format.maxPayloadLength());
        if (!input.read(room)) {
            throw new IOException("standard input ends at byte " + input.offset() + ", within the frame of "
                    + format.describe() + " that starts at byte " + start + " and has " + room.limit() + " bytes");
        }
        received.holdsRaw(format);
    }

    @Override
    public String describe() {
        return "raw " + format.describe();
    }
}
