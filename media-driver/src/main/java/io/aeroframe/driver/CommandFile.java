package io.aeroframe.driver;

import io.aeroframe.driver.internal.FileThread;
import io.aeroframe.driver.internal.LockedFiles;
import io.aeron.CncFileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * A driver's own file, {@code cnc.dat}, as far as it shows which driver it is and whether it is alive. The few bytes
 * are read through an open channel and never mapped: its owner may remove, replace or cut the file at any moment, and
 * mapped memory that is not there any more ends the process. Nothing in it is trusted. One thread at a time, a {@link
 * FileThread}.
 */
final class CommandFile implements AutoCloseable {

    private final Object key;
    private final FileChannel channel;
    private final ByteBuffer metaBytes =
            ByteBuffer.allocateDirect(CncFileDescriptor.META_DATA_LENGTH).order(ByteOrder.nativeOrder());
    private final UnsafeBuffer metaData = new UnsafeBuffer(metaBytes);
    private final ByteBuffer fieldBytes = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private String identity = "";
    private long pid;
    private long startMs;
    private long heartbeatMs;

    private CommandFile(Object key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    static Path path(Path aeronDirectory) {
        return aeronDirectory.resolve(CncFileDescriptor.CNC_FILE);
    }

    /** @throws NoSuchFileException if there is none. */
    static CommandFile open(Path aeronDirectory, OpenFor purpose) throws IOException {
        assert Thread.currentThread() instanceof FileThread;
        Path file = path(aeronDirectory);
        Object key = LockedFiles.key(file);
        FileChannel channel = purpose == OpenFor.READING
                ? FileChannel.open(file, StandardOpenOption.READ)
                : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean isKept = false;
        try {
            isKept = key.equals(LockedFiles.key(file));
        } finally {
            if (!isKept) {
                channel.close();
            }
        }
        if (!isKept) {
            throw new NoSuchFileException(file.toString(), null, "it has just been replaced");
        }
        return new CommandFile(key, channel);
    }

    /** What a command file is opened for. */
    enum OpenFor {
        READING,
        NUMBERING
    }

    /** Which file it is. */
    Object key() {
        return key;
    }

    /**
     * Reads it.
     *
     * @return false if it is not ready yet, or damaged, which is as good as none.
     */
    boolean read() throws IOException {
        metaBytes.clear();
        if (channel.read(metaBytes, 0) < CncFileDescriptor.META_DATA_LENGTH) {
            return false;
        }
        int version = metaData.getInt(CncFileDescriptor.cncVersionOffset(0));
        if (version == 0) {
            return false;
        }
        try {
            CncFileDescriptor.checkVersion(version);
            if (!CncFileDescriptor.isCncFileLengthSufficient(metaData, Math.toIntExact(channel.size()))) {
                return false;
            }
            RingBufferDescriptor.checkCapacity(commandsLength(), 0);
        } catch (IllegalStateException | IllegalArgumentException | ArithmeticException ex) {
            return false;
        }
        readIdentity();
        fieldBytes.clear();
        if (channel.read(fieldBytes, trailerOffset() + RingBufferDescriptor.CONSUMER_HEARTBEAT_OFFSET) < Long.BYTES) {
            return false;
        }
        heartbeatMs = fieldBytes.getLong(0);
        return true;
    }

    private void readIdentity() {
        long nextPid = CncFileDescriptor.pid(metaData);
        long nextStartMs = CncFileDescriptor.startTimestampMs(metaData);
        if (identity.isEmpty() || nextPid != pid || nextStartMs != startMs) {
            pid = nextPid;
            startMs = nextStartMs;
            identity = pid + " " + startMs;
        }
    }

    private int commandsLength() {
        return metaData.getInt(CncFileDescriptor.toDriverBufferLengthOffset(0));
    }

    /** Where the fields behind the driver's command buffer start. */
    private long trailerOffset() {
        return (long) CncFileDescriptor.META_DATA_LENGTH + commandsLength() - RingBufferDescriptor.TRAILER_LENGTH;
    }

    /** The driver's process and start time as read last: distinguishes a live driver's file from a dead one's. */
    String identity() {
        return identity;
    }

    /** The driver's last sign of life as read last, on its own clock. */
    long heartbeatMs() {
        return heartbeatMs;
    }

    /**
     * Makes a new driver, which no client knows yet, number what its clients ask for from here on, and with it its log
     * buffers. A driver removes its log buffers by name when it ends, and every run starts at 0 by itself: one whose
     * directory was removed and made again by another process would remove the other's.
     */
    void numberFrom(long correlationId) throws IOException {
        fieldBytes.clear();
        fieldBytes.putLong(0, correlationId);
        channel.write(fieldBytes, trailerOffset() + RingBufferDescriptor.CORRELATION_COUNTER_OFFSET);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
