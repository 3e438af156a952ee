package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.internal.SharedDirectory;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ErrorHandler;

/**
 * The publishing side of the pool path: the pool that frames are written to, and its successor when a frame outgrows
 * the slots. The publishing thread.
 */
final class PublicationPools {

    /**
     * What the pools of a connection share.
     *
     * @param directory    the directory of their files.
     * @param pools        the connection's pools, until their files can be removed.
     * @param errorHandler receives a report when a pool cannot grow.
     */
    record Host(SharedDirectory directory, PoolReaper pools, ErrorHandler errorHandler) {}

    private final Host host;
    private final PoolWriter.Owner owner;
    private final int slots;
    private final List<PoolWriter> outgrown = new ArrayList<>();
    private PoolWriter pool;
    private int refusedLength = Integer.MAX_VALUE;

    /**
     * Creates the first pool.
     *
     * @param counters the driver's counters: which clients are alive, and how far each has read.
     * @throws FrameTransportException if there is no room for the pool.
     */
    PublicationPools(
            Host host,
            LiveCounters counters,
            PublicationContext context,
            long publicationId,
            SubscriberPositions subscribers) {
        this.host = host;
        owner = new PoolWriter.Owner(
                context.stream(),
                publicationId,
                context.isLossless(),
                counters,
                subscribers,
                host.pools().reports());
        slots = context.slots();
        host.directory().sweep();
        pool = create(context.format().maxPayloadLength());
    }

    private PoolWriter create(int maxPayloadLength) {
        PoolWriter made = PoolWriter.create(host.directory(), owner, maxPayloadLength, slots);
        host.pools().opened(made);
        return made;
    }

    /** The pool to write to. */
    PoolWriter pool() {
        return pool;
    }

    /**
     * Makes sure that a frame fits a slot, if necessary by creating a larger pool.
     *
     * @return false if there is no room for such slots: the frame has to take the log path.
     */
    boolean fits(int maxPayloadLength) {
        return maxPayloadLength <= pool.slotLength() || tryGrow(maxPayloadLength);
    }

    private boolean tryGrow(int maxPayloadLength) {
        if (maxPayloadLength >= refusedLength) {
            return false;
        }
        try {
            PoolWriter larger = create(maxPayloadLength);
            outgrown.add(pool);
            pool = larger;
            return true;
        } catch (FrameTransportException | FrameDriverException ex) {
            refusedLength = maxPayloadLength;
            host.errorHandler()
                    .onError(new FrameTransportException(
                            FrameTransportException.Reason.REPORT,
                            ex.getMessage() + "; until then frames of this size are copied through the log",
                            ex));
            return false;
        }
    }

    /** Whether subscribers do not know of a larger pool yet; the next announcement does that. */
    boolean hasGrown() {
        return !outgrown.isEmpty();
    }

    /**
     * Retires the outgrown pools, once the announcement of the present one has been sent. Each file is removed when
     * every subscriber that has not joined its pool has read past the messages that point there.
     *
     * @param position the publication's position after the announcement, and so after each message that points to an
     *     earlier pool.
     */
    void retireOutgrown(long position) {
        for (PoolWriter old : outgrown) {
            old.signal();
            host.pools().retire(old, owner.subscribers(), position);
        }
        outgrown.clear();
    }

    /**
     * Retires all pools. A claim that is out keeps its pool mapped. Does not wait.
     *
     * @param position the publication's position after its last message.
     */
    void close(long position) {
        retireOutgrown(position);
        pool.signal();
        host.pools().retire(pool, owner.subscribers(), position);
    }
}
