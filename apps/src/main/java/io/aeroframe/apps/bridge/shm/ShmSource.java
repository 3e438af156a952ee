package io.aeroframe.apps.bridge.shm;

import io.aeroframe.apps.bridge.BridgeSource;
import io.aeroframe.apps.bridge.PixelFormats;
import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.source.BadFrameException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Frames from shared memory that another program overwrites. Nothing in it says when: the segment is looked at four
 * times a millisecond, and a frame is new if its bytes differ from the last one's. A frame is read, and read again half
 * a millisecond later: if it changed meanwhile, that is repeated, and after {@value #TRIES} times the frame counts as
 * torn.
 *
 * <p>The segment is read as a file, because a mapping of one that its owner shortens would end this process.
 */
final class ShmSource extends BridgeSource {

    private static final int TRIES = 5;
    private static final long LOOK_INTERVAL_NS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long WAIT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    /**
     * The pause before a frame is read again. It gives the core back to a writer that this thread's wake-up has
     * interrupted in the middle of a frame.
     */
    private static final long SETTLE_NS = TimeUnit.MICROSECONDS.toNanos(500);

    /** How often the name is looked at, for a writer that was started again makes another segment. */
    private static final long NAME_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How often the whole frame is compared although the samples are the same. */
    private static final int LOOKS_PER_COMPARISON = 40;

    private static final int SAMPLES = 16;
    private static final int SAMPLE_LENGTH = 256;
    private static final int SHAPE_LENGTH = 12;
    private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final ShmSpec spec;
    private final Consumer<String> report;
    private final ByteBuffer sample = ByteBuffer.allocateDirect(SAMPLE_LENGTH);
    private final ByteBuffer shapeBytes =
            ByteBuffer.allocateDirect(SHAPE_LENGTH).order(ByteOrder.nativeOrder());
    private ByteBuffer last = ByteBuffer.allocateDirect(0);
    private ByteBuffer again = ByteBuffer.allocateDirect(0);
    private FrameFormat format;
    private FileChannel pixels;
    private FileChannel shape;
    private Object key;
    private long lookedAtNameNs;
    private long looks;
    private boolean hasFrame;
    private long torn;
    private long reportedTornNs = System.nanoTime() - REPORT_INTERVAL_NS;
    private volatile boolean isInterrupted;

    ShmSource(ShmSpec spec, Consumer<String> report) {
        this.spec = spec;
        this.report = report;
    }

    @Override
    public boolean advance() throws IOException {
        while (!isInterrupted) {
            try {
                if (attach() && isChanged() && take()) {
                    return true;
                }
            } catch (NoSuchFileException ex) {
                detach(); // between two looks at the name
            }
            LockSupport.parkNanos(pixels == null ? WAIT_INTERVAL_NS : LOOK_INTERVAL_NS);
        }
        throw new InterruptedIOException(spec.text() + ": interrupted");
    }

    /** Opens the segments, again if the names now lead to others. */
    private boolean attach() throws IOException {
        long nowNs = System.nanoTime();
        if (pixels != null && nowNs - lookedAtNameNs < NAME_INTERVAL_NS) {
            return true;
        }
        lookedAtNameNs = nowNs;
        Object found = key(spec.pixels());
        if (found == null || spec.shape() != null && key(spec.shape()) == null) {
            return pixels != null; // what was attached before is still there, though its name is not
        }
        if (pixels != null && found.equals(key)) {
            return true;
        }
        detach();
        pixels = FileChannel.open(spec.pixels(), StandardOpenOption.READ);
        shape = spec.shape() == null ? null : FileChannel.open(spec.shape(), StandardOpenOption.READ);
        key = found;
        hasFrame = false;
        return true;
    }

    private static Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException ex) {
            return null;
        }
    }

    /** Compares samples at most looks, all bytes at some. */
    private boolean isChanged() throws IOException {
        if (!hasFrame || looks++ % LOOKS_PER_COMPARISON == 0 && differs(last, last.limit())) {
            return true;
        }
        int length = last.limit();
        for (int i = 0; i < SAMPLES; i++) {
            int at = (int) ((long) i * Math.max(0, length - SAMPLE_LENGTH) / (SAMPLES - 1));
            sample.clear().limit(Math.min(SAMPLE_LENGTH, length));
            int count = Math.max(0, pixels.read(sample, at));
            if (sample.flip().mismatch(last.slice(at, Math.min(count, length - at))) >= 0) {
                return true;
            }
        }
        return false;
    }

    private boolean differs(ByteBuffer known, int length) throws IOException {
        again = room(again, length);
        return !readAll(again) || again.mismatch(known) >= 0;
    }

    /** Reads the frame until it stays the same. False if it turns out to be the last one. */
    private boolean take() throws IOException {
        readShape();
        if (format == null) {
            return false;
        }
        int length = format.maxPayloadLength();
        ByteBuffer frame = received.room(length);
        if (!readAll(frame)) {
            return false; // its writer is about to make it larger, or smaller
        }
        boolean isTorn = false;
        for (int i = 0; i < TRIES; i++) {
            LockSupport.parkNanos(SETTLE_NS);
            isTorn = differs(frame, length);
            if (!isTorn) {
                break;
            }
            frame.put(0, again, 0, length);
        }
        if (hasFrame && frame.mismatch(last) < 0 || !hasFrame && isZero(frame)) {
            return false;
        }
        ByteBuffer same = again; // it was just read, and is the same
        again = last;
        last = same;
        if (isTorn) {
            last.put(0, frame, 0, length);
        }
        received.holdsRaw(format);
        hasFrame = true;
        if (isTorn) {
            torn++;
            reportTorn();
        }
        return true;
    }

    /** A segment that was made and not written yet. */
    private static boolean isZero(ByteBuffer frame) {
        for (int i = 0; i < frame.limit(); i++) {
            if (frame.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void reportTorn() {
        long nowNs = System.nanoTime();
        if (nowNs - reportedTornNs >= REPORT_INTERVAL_NS) {
            reportedTornNs = nowNs;
            report.accept(spec.text() + ": the frame changed each of the " + TRIES
                    + " times it was read and may be torn; " + torn + " so far: its writer has no lock");
        }
    }

    private void readShape() throws IOException {
        if (shape == null) {
            format = spec.format();
            return;
        }
        if (shape.read(shapeBytes.clear(), 0) < SHAPE_LENGTH) {
            format = null;
            return;
        }
        int height = shapeBytes.getInt(0);
        int width = shapeBytes.getInt(4);
        int channels = shapeBytes.getInt(8);
        if (height == 0 && width == 0) {
            format = null; // not written yet
            return;
        }
        try {
            FrameFormat found = PixelFormats.ofArray(height, width, channels, 1);
            if (spec.pixelFormat() != null && channels == 3) {
                found = FrameFormat.raw(spec.pixelFormat(), width, height);
            }
            if (found.maxPayloadLength() > Math.min(ReceivedFrame.MAX_LENGTH, pixels.size())) {
                throw new IllegalArgumentException("a shape of " + height + "x" + width + "x" + channels + " needs "
                        + found.maxPayloadLength() + " bytes, and the segment has " + pixels.size());
            }
            format = found;
        } catch (IllegalArgumentException ex) {
            LockSupport.parkNanos(WAIT_INTERVAL_NS);
            throw new BadFrameException(spec.text() + ": " + ex.getMessage(), ex);
        }
    }

    private boolean readAll(ByteBuffer target) throws IOException {
        long at = 0;
        while (target.hasRemaining()) {
            int count = pixels.read(target, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        target.flip();
        return true;
    }

    private static ByteBuffer room(ByteBuffer buffer, int length) {
        ByteBuffer room = buffer.capacity() < length ? ByteBuffer.allocateDirect(length) : buffer;
        return room.clear().limit(length);
    }

    @Override
    public long torn() {
        return torn;
    }

    @Override
    public String describe() {
        return spec.text() + (format == null ? "" : " (" + format.describe() + ")");
    }

    @Override
    public void interrupt() {
        isInterrupted = true;
    }

    private void detach() throws IOException {
        if (pixels != null) {
            pixels.close();
            pixels = null;
        }
        if (shape != null) {
            shape.close();
            shape = null;
        }
        key = null;
    }

    @Override
    public void close() {
        try {
            detach();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } finally {
            received.close();
        }
    }
}
