package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.vision.source.BadFrameException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Pictures behind their lengths: decimal ASCII digits, the bytes of a JPEG or PNG image, and a byte {@code 0} if more
 * follow or {@code 1} if it was the last. The flag is read with the frame after it: a writer may be late with it.
 */
final class PrefixedReader implements PipeReader {

    private final int digits;
    private boolean owesFlag;

    PrefixedReader(int digits) {
        this.digits = digits;
    }

    @Override
    public boolean next(PipeInput input, ReceivedFrame received) throws IOException {
        if (owesFlag && isLast(input) || !input.await(1)) {
            return false;
        }
        long start = input.offset();
        int length = length(input);
        ByteBuffer room = received.room(length);
        if (!input.read(room)) {
            throw new IOException("standard input ends at byte " + input.offset() + ", " + room.remaining()
                    + " bytes before the end of the image whose length is at byte " + start);
        }
        owesFlag = true;
        try {
            received.holdsPicture(length);
        } catch (BadFrameException ex) {
            throw new BadFrameException(
                    "standard input: the image at byte " + (start + digits) + ": " + ex.getMessage(), ex);
        }
        return true;
    }

    private boolean isLast(PipeInput input) throws IOException {
        if (!input.await(1)) {
            throw new IOException("standard input ends at byte " + input.offset()
                    + ", where 0 (more images follow) or 1 (that was the last) should be");
        }
        int flag = input.peek(0);
        if (flag != '0' && flag != '1') {
            throw new IOException("standard input: byte " + input.offset() + " is " + Bytes.describe(flag)
                    + ", where 0 (more images follow) or 1 (that was the last) should be"
                    + "; if lengths have another number of digits, give it with --pipe-digits");
        }
        input.skip(1);
        owesFlag = false;
        return flag == '1';
    }

    private int length(PipeInput input) throws IOException {
        long at = input.offset();
        if (!input.await(digits)) {
            throw new IOException("standard input ends at byte " + (at + input.available()) + ", within the " + digits
                    + " digits of a length that starts at byte " + at);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            text.append((char) input.peek(i));
        }
        input.skip(digits);
        String number = text.toString().strip(); // some pad with spaces
        if (!number.matches("\\d+")) {
            throw new IOException(
                    "standard input: the length at byte " + at + " is '" + Bytes.printable(text.toString()) + "': give "
                            + digits + " decimal digits, or say how many with --pipe-digits");
        }
        String significant = number.replaceFirst("^0+(?=.)", "");
        if (significant.length() > 10 || Long.parseLong(significant) > ReceivedFrame.MAX_LENGTH) {
            throw new IOException("standard input: the length at byte " + at + " is " + significant
                    + ", more than the limit of " + ReceivedFrame.MAX_LENGTH + " bytes");
        }
        int length = Integer.parseInt(significant);
        if (length == 0) {
            throw new IOException("standard input: the length at byte " + at + " is 0: an image has bytes");
        }
        return length;
    }

    @Override
    public String describe() {
        return "images behind lengths of " + digits + " digits";
    }
}
