package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.internal.SharedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.agrona.BufferUtil;

/**
 * Looks at all publications and subscriptions of the processes that share a base directory, without subscribing: they
 * do not notice, and no frame is copied. It needs no media driver.
 *
 * <p>One thread at a time.
 *
 * <pre>{@code
 * try (StreamMonitor monitor = new StreamMonitor(driver.sharedDirectory())) {
 *     for (StreamStatus status : monitor.look()) {
 *         System.out.println(status.stream() + " " + status.format());
 *     }
 * }
 * }</pre>
 */
public final class StreamMonitor implements AutoCloseable {

    private final SharedDirectory directory;
    private final Map<String, StatusReader> readers = new HashMap<>();

    /**
     * Looks at the processes that share a directory. The directory need not exist.
     *
     * @param sharedDirectory the directory, {@link FrameDriver#sharedDirectory()}.
     */
    public StreamMonitor(Path sharedDirectory) {
        directory = new SharedDirectory(sharedDirectory);
    }

    /**
     * What publications and subscriptions there are at the moment, and how they are. Those of processes that have died
     * are left out.
     *
     * @return in the order of their names, publications before subscriptions, older ones first.
     * @throws FrameDriverException if the directory cannot be read.
     */
    public List<StreamStatus> look() {
        Set<String> names = new HashSet<>(directory.names(StatusLayout.FILE_PREFIX));
        readers.entrySet().removeIf(known -> {
            boolean isGone = !names.contains(known.getKey());
            if (isGone) {
                known.getValue().close();
            }
            return isGone;
        });
        List<StreamStatus> found = new ArrayList<>();
        for (String name : names) {
            StatusReader reader = readers.computeIfAbsent(name, this::open);
            if (reader != null && !directory.isAbandoned(name)) {
                found.add(reader.read());
            }
        }
        found.sort((a, b) -> {
            int order = a.stream().value().compareTo(b.stream().value());
            order = order == 0 ? a.role().compareTo(b.role()) : order;
            return order == 0 ? Long.compare(a.madeTimeNs(), b.madeTimeNs()) : order;
        });
        return found;
    }

    /**
     * The files that processes which have died left behind. The next media driver removes them.
     *
     * @return their paths, in no order.
     * @throws FrameDriverException if the directory cannot be read.
     */
    public List<Path> leftovers() {
        return directory.names("").stream()
                .filter(directory::isAbandoned)
                .map(directory::path)
                .toList();
    }

    /** Null if the file is gone, or not complete yet. */
    private StatusReader open(String name) {
        return directory.open(name, channel -> {
            if (channel.size() < StatusLayout.FILE_LENGTH) {
                return null;
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, StatusLayout.FILE_LENGTH);
            StatusReader reader = new StatusReader(StatusLayout.id(name), mapped);
            if (!reader.isReadable()) {
                BufferUtil.free(mapped);
                return null;
            }
            return reader;
        });
    }

    /**
     * How much of a pool is in use. Maps nothing.
     *
     * @param poolId the id, from a {@link StreamStatus}.
     * @return empty if there is no such pool any more.
     * @throws FrameDriverException if its file cannot be read.
     */
    public Optional<PoolUse> poolUse(long poolId) {
        return Optional.ofNullable(directory.open(PoolLayout.fileName(poolId), StreamMonitor::poolUse));
    }

    private static PoolUse poolUse(FileChannel channel) throws IOException {
        ByteBuffer head = read(channel, 0, PoolLayout.CONTROL_OFFSET);
        int slots = head.getInt(PoolLayout.SLOT_COUNT_OFFSET);
        if (head.getLong(PoolLayout.MAGIC_OFFSET) != PoolLayout.MAGIC
                || head.getInt(PoolLayout.VERSION_OFFSET) != PoolLayout.VERSION
                || slots < PoolLayout.MIN_SLOTS
                || slots > PoolLayout.MAX_SLOTS) {
            return null;
        }
        ByteBuffer words = read(channel, PoolLayout.CONTROL_OFFSET, slots * PoolLayout.CONTROL_LENGTH);
        int held = 0;
        int retained = 0;
        for (int slot = 0; slot < slots; slot++) {
            int offset = slot * PoolLayout.CONTROL_LENGTH;
            held += words.getLong(offset + PoolSlots.LEASES) == 0 ? 0 : 1;
            retained += words.getLong(offset + PoolSlots.RETAINED) == 0 ? 0 : 1;
        }
        return new PoolUse(
                slots,
                head.getLong(PoolLayout.SLOT_LENGTH_OFFSET),
                held,
                retained,
                Long.bitCount(head.getLong(PoolLayout.MEMBERS_OFFSET)));
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new IOException("it is too short for a pool");
            }
        }
        return bytes;
    }

    /** Forgets what it has mapped. Again does nothing. */
    @Override
    public void close() {
        readers.values().forEach(StatusReader::close);
        readers.clear();
    }
}
