package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.vision.DecodedFrames;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes a line a frame, by which two ends of a stream can be compared:
 *
 * <pre>{@code
 * 17, 1280, 688, I420, RAW, 9e107d9d372bb6826bd81d3542a419d6
 * {"sequence":17,"width":1280,"height":688,"pixel_format":"I420","encoding":"RAW",
 *  "md5":"9e107d9d372bb6826bd81d3542a419d6"}   (one line)
 * }</pre>
 *
 * <p>The MD5 covers the payload in row order without padding, so that it does not depend on the stride: for a raw frame
 * the rows of plane 0, then those of the next plane; for a JPEG frame the bytes of the image. A zstd frame has the
 * digest of the raw one that it decompresses to, so that lossless streams can be compared whatever their encoding; one
 * that cannot be decompressed has no line: it is skipped, counted and reported at most once a second.
 *
 * <p>Lines are gathered and written when {@link #FLUSH_INTERVAL_NS} has passed since the last write, when the buffer is
 * full, and by {@link #flush()} and {@link #close()}: a slow stream is written line by line. All methods may be called
 * from any thread, one at a time getting through.
 */
final class DigestSink implements FrameSink {

    /** The longest that a line waits for further ones while frames come, in nanoseconds. */
    public static final long FLUSH_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int BUFFER_LENGTH = 8_192;
    private static final int MAX_LINE_LENGTH = 256;

    private final OutputStream output;
    private final boolean json;
    private final PayloadDigest digest = new PayloadDigest();
    private final DecodedFrames raws = DecodedFrames.rawOrJpeg();
    private final UndecodableFrames undecodableFrames;
    private final StringBuilder line = new StringBuilder(MAX_LINE_LENGTH);
    private final byte[] buffer = new byte[BUFFER_LENGTH];
    private int buffered;
    private long lastFlushNs;
    // Written with the lock; read without it, by a polling thread that must not wait for a frame that is being taken.
    private volatile boolean open = true;

    /**
     * Makes the sink, reporting skipped frames to standard error.
     *
     * @param output the output as below.
     * @param json   whether to write JSON, as below.
     * @throws IllegalStateException if FFmpeg, whose MD5 this uses, cannot be loaded.
     */
    public DigestSink(OutputStream output, boolean json) {
        this(output, json, System.err::println);
    }

    /**
     * Makes the sink.
     *
     * @param output where the lines go, ASCII with line feeds; flushed but not closed by {@link #close()}. Best the
     *               bare stream of standard output: a {@link PrintStream} around it is taken too, its error flag being
     *               asked for after each write.
     * @param json   a JSON object a line, else values with a comma and a space between.
     * @param report takes a line about skipped frames, on the thread that brings frames.
     * @throws IllegalStateException if FFmpeg, whose MD5 this uses, cannot be loaded.
     */
    public DigestSink(OutputStream output, boolean json, Consumer<String> report) {
        this.output = output;
        this.json = json;
        this.undecodableFrames = new UndecodableFrames("digest", report);
        this.lastFlushNs = System.nanoTime() - FLUSH_INTERVAL_NS;
    }

    /**
     * Adds a frame's line. Does nothing once the sink is closed or lines were refused.
     *
     * @param frame borrowed for the call.
     * @throws IOException if lines cannot be written, or Zstandard's library cannot be loaded.
     */
    @Override
    public synchronized void accept(Frame frame) throws IOException {
        if (!open) {
            return;
        }
        Frame raw;
        try {
            raw = raws.of(frame);
        } catch (ZstdFormatException e) {
            undecodableFrames.skipped(frame, e);
            return;
        }
        line.setLength(0);
        if (json) {
            appendJson(frame, raw);
        } else {
            appendPlain(frame, raw);
        }
        if (buffered + line.length() > buffer.length) {
            flush();
        }
        for (int i = 0; i < line.length(); i++) {
            buffer[buffered++] = (byte) line.charAt(i);
        }
        if (System.nanoTime() - lastFlushNs >= FLUSH_INTERVAL_NS) {
            flush();
        }
    }

    /**
     * Frames that could not be decompressed.
     *
     * @return how many so far.
     */
    public synchronized long skippedFrames() {
        return undecodableFrames.count();
    }

    /**
     * How often a frame is copied.
     *
     * @return 0: the digest is made of the bytes where they lie.
     */
    @Override
    public int copies() {
        return 0;
    }

    /**
     * False once the sink is closed, or lines could not be written: the reader of the pipe is gone, or the disk is
     * full.
     *
     * @return true while lines can be written.
     */
    @Override
    public boolean isOpen() {
        return open;
    }

    /**
     * Writes the lines gathered so far: for when the stream idles.
     *
     * @throws IOException if they cannot be written; they are given up.
     */
    @Override
    public synchronized void flush() throws IOException {
        int length = buffered;
        buffered = 0;
        lastFlushNs = System.nanoTime();
        try {
            output.write(buffer, 0, length);
            output.flush();
        } catch (IOException e) {
            open = false;
            throw new IOException(refused(e.getMessage()), e);
        }
        if (output instanceof PrintStream stream && stream.checkError()) {
            open = false;
            throw new IOException(refused("write error"));
        }
    }

    /**
     * Writes the lines gathered so far. The stream stays open. Does nothing if lines were refused before, as that has
     * been thrown already.
     *
     * @throws IOException if they cannot be written.
     */
    @Override
    public synchronized void close() throws IOException {
        try {
            if (open) {
                open = false;
                flush();
            }
        } finally {
            digest.close();
            raws.close();
        }
    }

    private static String refused(String reason) {
        return "digest: no more lines can be written (" + reason
                + "): what reads them has ended, or the disk they go to is full";
    }

    private void appendPlain(Frame frame, Frame raw) {
        line.append(frame.sequence());
        line.append(", ").append(frame.format().width());
        line.append(", ").append(frame.format().height());
        line.append(", ").append(frame.format().pixelFormat().name());
        line.append(", ").append(frame.format().encoding().name());
        line.append(", ");
        digest.appendTo(line, raw);
        line.append('\n');
    }

    private void appendJson(Frame frame, Frame raw) {
        line.append("{\"sequence\":").append(frame.sequence());
        line.append(",\"width\":").append(frame.format().width());
        line.append(",\"height\":").append(frame.format().height());
        line.append(",\"pixel_format\":\"").append(frame.format().pixelFormat().name());
        line.append("\",\"encoding\":\"").append(frame.format().encoding().name());
        line.append("\",\"md5\":\"");
        digest.appendTo(line, raw);
        line.append("\"}\n");
    }
}
