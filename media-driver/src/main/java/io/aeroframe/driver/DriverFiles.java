package io.aeroframe.driver;

import io.aeron.CncFileDescriptor;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;

/** Which driver is up, by what its host has announced and by the driver's own command file. Nothing in either is trusted. */
final class DriverFiles {

    /** A driver beats every 0.1 s; one that has been silent for this long is not joined. */
    private static final long HEARTBEAT_TIMEOUT_MS = 1_000;

    private DriverFiles() {}

    /** What the host of a driver announces: which run it is, and the clock that its clients are to use. */
    static String announcement(Path aeronDirectory, DriverClock clock) {
        MappedByteBuffer mapped = map(aeronDirectory);
        if (mapped == null) {
            throw new FrameDriverException(
                    aeronDirectory + ": the media driver's files have been removed; start again");
        }
        try {
            return identity(mapped) + " " + clock.offsetMs();
        } finally {
            BufferUtil.free(mapped);
        }
    }

    /**
     * The driver of a base directory.
     *
     * @return null if none is up.
     * @throws FrameDriverException if the directory cannot be read.
     */
    static RunningDriver running(BaseDirectory base) {
        String announced = base.announced();
        int end = announced == null ? -1 : announced.lastIndexOf(' ');
        if (end < 0 || !base.isHosted()) {
            return null;
        }
        DriverClock clock;
        try {
            clock = new DriverClock(Long.parseLong(announced.substring(end + 1)));
        } catch (NumberFormatException ex) {
            return null; // being written, or written by somebody else
        }
        return running(base.aeron(), announced.substring(0, end), clock, HEARTBEAT_TIMEOUT_MS);
    }

    /**
     * A driver that somebody else runs.
     *
     * @return null if none is up.
     * @throws FrameDriverException if its files cannot be read.
     */
    static RunningDriver running(Path aeronDirectory) {
        return running(aeronDirectory, null, SystemEpochClock.INSTANCE, FrameDriver.DRIVER_TIMEOUT_MS);
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
        Path file = aeronDirectory.resolve(CncFileDescriptor.CNC_FILE);
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
