package io.aeroframe.driver;

import io.aeron.CncFileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.BufferUtil;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Which driver is up, by what its owner has announced and by the driver's own command file. Nothing in either is trusted. */
final class DriverFiles {

    /** A driver beats every 0.1 s; one that has been silent for this long is not joined. */
    private static final long HEARTBEAT_TIMEOUT_MS = 1_000;

    private DriverFiles() {}

    static Path commandFile(Path aeronDirectory) {
        return aeronDirectory.resolve(CncFileDescriptor.CNC_FILE);
    }

    /** What the process that hosts a driver announces: which run it is, and the clock that its clients are to use. */
    static Announcement announcement(Path aeronDirectory, DriverClock clock) {
        MappedByteBuffer mapped = map(aeronDirectory);
        if (mapped == null) {
            throw new FrameDriverException(
                    aeronDirectory + ": the media driver's files have been removed; start again");
        }
        try {
            return Announcement.of(identity(mapped), clock);
        } finally {
            BufferUtil.free(mapped);
        }
    }

    /**
     * Makes a new driver number what its clients ask for, and with it its log buffers, from a random number on. A driver removes its log
     * buffers by name when it ends, and every run starts at 0 by itself: one whose directory was removed and made again by another process would
     * remove the other's.
     *
     * @param aeronDirectory of a driver that no client knows yet.
     */
    static void numberFromRandom(Path aeronDirectory) throws IOException {
        try (FileChannel channel =
                FileChannel.open(commandFile(aeronDirectory), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
            bytes.putLong(0, ThreadLocalRandom.current().nextLong(1L << 32, 1L << 62));
            channel.write(bytes, trailerOffset(channel) + RingBufferDescriptor.CORRELATION_COUNTER_OFFSET);
        }
    }

    /** Where the fields behind the driver's command buffer start. */
    private static long trailerOffset(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        if (channel.read(bytes, CncFileDescriptor.toDriverBufferLengthOffset(0)) < Integer.BYTES) {
            throw new IOException("the media driver's command file is too short");
        }
        return (long) CncFileDescriptor.META_DATA_LENGTH + bytes.getInt(0) - RingBufferDescriptor.TRAILER_LENGTH;
    }

    /**
     * The driver of a base directory.
     *
     * @return null if none is up.
     * @throws FrameDriverException if the directory cannot be read.
     */
    static RunningDriver running(BaseDirectory base) {
        return FileThread.call(() -> {
            Announcement announced = Announcement.parse(base.announced());
            return announced == null || !base.isHosted()
                    ? null
                    : running(base.aeron(), announced.identity(), announced.clock(), HEARTBEAT_TIMEOUT_MS);
        });
    }

    /**
     * A driver that somebody else runs.
     *
     * @return null if none is up.
     * @throws FrameDriverException if its files cannot be read.
     */
    static RunningDriver running(Path aeronDirectory) {
        return FileThread.call(
                () -> running(aeronDirectory, null, SystemEpochClock.INSTANCE, FrameDriver.DRIVER_TIMEOUT_MS));
    }

    private static RunningDriver running(Path aeronDirectory, String expected, EpochClock clock, long timeoutMs) {
        MappedByteBuffer mapped = map(aeronDirectory);
        if (mapped == null) {
            return null;
        }
        try {
            String identity = identity(mapped);
            boolean isUp = (expected == null || expected.equals(identity)) && isAlive(mapped, clock, timeoutMs);
            return isUp ? new RunningDriver(aeronDirectory.toString(), identity, clock) : null;
        } finally {
            BufferUtil.free(mapped);
        }
    }

    /** The driver's process and start time, as its own file says: tells a live driver's files from a dead one's. */
    private static String identity(MappedByteBuffer mapped) {
        UnsafeBuffer metaData = CncFileDescriptor.createMetaDataBuffer(mapped);
        return CncFileDescriptor.pid(metaData) + " " + CncFileDescriptor.startTimestampMs(metaData);
    }

    private static boolean isAlive(MappedByteBuffer mapped, EpochClock clock, long timeoutMs) {
        UnsafeBuffer metaData = CncFileDescriptor.createMetaDataBuffer(mapped);
        if (metaData.getIntVolatile(CncFileDescriptor.cncVersionOffset(0)) == 0) {
            return false; // not ready yet
        }
        try {
            CncFileDescriptor.checkVersion(metaData.getInt(CncFileDescriptor.cncVersionOffset(0)));
            if (!CncFileDescriptor.isCncFileLengthSufficient(metaData, mapped.capacity())) {
                return false;
            }
            ManyToOneRingBuffer commands =
                    new ManyToOneRingBuffer(CncFileDescriptor.createToDriverBuffer(mapped, metaData));
            return clock.time() - commands.consumerHeartbeatTime() <= timeoutMs;
        } catch (IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException ex) {
            return false; // damaged: it is as good as none
        }
    }

    /** Maps it once and judges the mapping: its host may remove the file, or make it anew, at any moment. */
    private static MappedByteBuffer map(Path aeronDirectory) {
        Path file = commandFile(aeronDirectory);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size();
            return length <= CncFileDescriptor.META_DATA_LENGTH
                    ? null
                    : channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
        } catch (NoSuchFileException ex) {
            return null;
        } catch (IOException ex) {
            throw new FrameDriverException(file + ": cannot be read: " + ex.getMessage(), ex);
        }
    }
}
