package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.transport.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Images behind their lengths, see {@link PrefixedReader}. A frame is complete when it is written: its flag is
 * {@code 0} unless it is known to be the last. Where the end comes as a surprise, the last image is written again, with
 * {@code 1}.
 */
final class PrefixedWriter implements PipeWriter {

    private final Images images;
    private final int digits;
    private final ByteBuffer length;
    private final ByteBuffer flag = ByteBuffer.allocateDirect(1);
    private ByteBuffer kept = ByteBuffer.allocateDirect(0);
    private boolean owesLast;

    PrefixedWriter(Images images, int digits) {
        this.images = images;
        this.digits = digits;
        length = ByteBuffer.allocateDirect(digits);
    }

    @Override
    public void write(PipeOutput output, Frame frame, boolean isLast) throws IOException {
        ByteBuffer image = images.of(frame);
        if (!isLast) {
            keep(image);
        }
        write(output, image, isLast);
        owesLast = !isLast;
    }

    private void write(PipeOutput output, ByteBuffer image, boolean isLast) throws IOException {
        String text = Integer.toString(image.remaining());
        if (text.length() > digits) {
            throw new IOException("standard output: an image of " + text + " bytes has a length of more than " + digits
                    + " digits; give more with --pipe-digits");
        }
        length.clear();
        length.put("0".repeat(digits - text.length()).getBytes(StandardCharsets.US_ASCII));
        length.put(text.getBytes(StandardCharsets.US_ASCII));
        flag.put(0, (byte) (isLast ? '1' : '0'));
        output.write(length.flip(), image, flag.clear());
    }

    private void keep(ByteBuffer image) {
        if (kept.capacity() < image.remaining()) {
            kept = ByteBuffer.allocateDirect(image.remaining() * 5 / 4);
        }
        kept.clear().limit(image.remaining());
        kept.put(0, image, image.position(), image.remaining());
    }

    @Override
    public void finish(PipeOutput output) throws IOException {
        if (owesLast) {
            owesLast = false;
            write(output, kept.position(0), true);
        }
    }

    @Override
    public void close() {
        images.close();
    }
}
