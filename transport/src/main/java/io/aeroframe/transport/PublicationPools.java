package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.internal.SharedDirectory;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ErrorHandler;

/**
 * The pool path's sending half: the pool that frames are written to at present, and its successor when a frame outgrows
 * the slots. The publishing thread.
 */
final class PublicationPools {

    /**
     * What the pools of a connection share.
     *
     * @param directory    where their files are.
     * @param pools        the pools of the connection, until their files can go.
     * @param errorHandler takes reports of a pool that cannot grow.
     */
    record Host(SharedDirectory directory, PoolReaper pools, ErrorHandler errorHandler) {}

    private final Host host;
    private final PoolWriter.Owner owner;
    private final int slots;
    private final List<PoolWriter> outgrown = new ArrayList<>();
    private PoolWriter pool;
    private int refusedLength = Integer.MAX_VALUE;

    /**
     * The first pool.
     *
     * @param counters the counters of the driver: which clients are alive, and how far each has read.
     * @throws FrameTransportException if there is no room for it.
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
     * Sees to it that a frame of so many bytes fits a slot.
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

    /** Whether there is a pool that subscribers have not been asked to leave yet: the next announcement does that. */
    boolean hasGrown() {
        return !outgrown.isEmpty();
    }

    /**
     * Gives up the pools that were outgrown, once the announcement that names the present one has been sent. Each file
     * goes when no subscriber that has not joined it has messages to read that point there.
     *
     * @param position the position of the publication behind the announcement, and so behind each message that points
     *                 to an earlier pool.
     */
    void retireOutgrown(long position) {
        for (PoolWriter old : outgrown) {
            old.signal();
            host.pools().retire(old, owner.subscribers(), position);
        }
        outgrown.clear();
    }

    /**
     * Gives up all pools. A claim that is out keeps its pool mapped. Does not wait.
     *
     * @param position the position of the publication behind its last message.
     */
    void close(long position) {
        retireOutgrown(position);
        pool.signal();
        host.pools().retire(pool, owner.subscribers(), position);
    }
}
