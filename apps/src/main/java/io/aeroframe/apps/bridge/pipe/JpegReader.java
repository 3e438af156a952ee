package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.vision.source.BadFrameException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bare JPEG images one after another. An image ends at its end-of-image marker, which is looked for where markers can
 * be: segments are skipped by their lengths, so that a thumbnail in one does not end the image (ITU-T T.81, annex B).
 * What is between images is skipped, and counted as one bad frame unless it is padding.
 */
final class JpegReader implements PipeReader {

    private static final int FIRST_ROOM = 256 << 10;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int TEM = 0x01;

    /** Bytes of the pipe from index 0 to {@link #end}; the image begins at 0. */
    private ByteBuffer data = ByteBuffer.allocateDirect(FIRST_ROOM);

    private int end;
    private long dataOffset;

    @Override
    public boolean next(PipeInput input, ReceivedFrame received) throws IOException {
        if (!findImage(input)) {
            return false;
        }
        int length;
        try {
            length = imageLength(input);
        } catch (BadFrameException ex) {
            drop(2); // the search for the next image goes on behind this one's first marker
            throw ex;
        }
        received.room(length).put(0, data, 0, length);
        long start = dataOffset;
        drop(length);
        try {
            received.holdsPicture(length);
        } catch (BadFrameException ex) {
            throw new BadFrameException("standard input: the image at byte " + start + ": " + ex.getMessage(), ex);
        }
        return true;
    }

    /** Moves the next start of an image to index 0. */
    private boolean findImage(PipeInput input) throws IOException {
        int i = 0;
        boolean isPadding = true;
        while (true) {
            if (i + 2 > end && !more(input)) {
                boolean hasGarbage = !isPadding;
                long from = dataOffset;
                drop(end);
                if (hasGarbage) {
                    throw garbage(from, dataOffset);
                }
                return false;
            }
            if (i + 2 > end) {
                continue;
            }
            if (u8(i) == 0xFF && u8(i + 1) == SOI) {
                break;
            }
            isPadding &= u8(i) == 0 || u8(i) == 0xFF || u8(i) == '\n' || u8(i) == '\r';
            i++;
            if (i == FIRST_ROOM) {
                long from = dataOffset;
                drop(i);
                throw garbage(from, dataOffset);
            }
        }
        long from = dataOffset;
        drop(i);
        if (!isPadding) {
            throw garbage(from, dataOffset);
        }
        return true;
    }

    private static BadFrameException garbage(long from, long to) {
        return new BadFrameException("standard input: bytes " + from + " to " + (to - 1) + " are not a JPEG image");
    }

    private int imageLength(PipeInput input) throws IOException {
        int at = 2;
        while (true) {
            require(input, at + 2);
            if (u8(at) != 0xFF) {
                throw bad(at, "0x" + String.format("%02X", u8(at)) + " where a marker should be");
            }
            int marker = u8(at + 1);
            if (marker == 0xFF) {
                at++; // padding before a marker
                continue;
            }
            at += 2;
            if (marker == EOI) {
                return at;
            }
            if (marker == SOI) {
                throw bad(at - 2, "another image starts before the end of this one");
            }
            if (marker == TEM || marker >= 0xD0 && marker <= 0xD7) {
                continue;
            }
            require(input, at + 2);
            int length = u8(at) << 8 | u8(at + 1);
            if (length < 2) {
                throw bad(at, "a segment of length " + length);
            }
            at += length;
            if (marker == SOS) {
                at = scanEnd(input, at);
            }
        }
    }

    /** Finds the marker behind entropy-coded bytes. */
    private int scanEnd(PipeInput input, int from) throws IOException {
        int at = from;
        while (true) {
            require(input, at + 2);
            int last = end - 1;
            while (at < last) {
                if (data.get(at) == (byte) 0xFF) {
                    int next = u8(at + 1);
                    if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
                        return at;
                    }
                }
                at++;
            }
        }
    }

    private BadFrameException bad(int at, String reason) {
        return new BadFrameException("standard input: the image at byte " + dataOffset + " is damaged at byte "
                + (dataOffset + at) + ": " + reason);
    }

    private void require(PipeInput input, int count) throws IOException {
        while (end < count) {
            if (!more(input)) {
                throw new IOException("standard input ends at byte " + (dataOffset + end)
                        + ", within the JPEG image that starts at byte " + dataOffset);
            }
        }
    }

    private boolean more(PipeInput input) throws IOException {
        if (end == data.capacity()) {
            if (end >= ReceivedFrame.MAX_LENGTH) {
                throw new IOException("standard input: the JPEG image that starts at byte " + dataOffset
                        + " does not end within " + ReceivedFrame.MAX_LENGTH + " bytes");
            }
            ByteBuffer larger = ByteBuffer.allocateDirect((int) Math.min(ReceivedFrame.MAX_LENGTH, 2L * end));
            larger.put(0, data, 0, end);
            data = larger;
        }
        int count = input.readSome(data.clear().position(end));
        end += Math.max(0, count);
        return count >= 0;
    }

    /** Takes bytes from the front. */
    private void drop(int count) {
        data.clear().position(count).limit(end);
        data.compact();
        end -= count;
        dataOffset += count;
    }

    private int u8(int index) {
        return data.get(index) & 0xFF;
    }

    @Override
    public String describe() {
        return "JPEG images";
    }
}
