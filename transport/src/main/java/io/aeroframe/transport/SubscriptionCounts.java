package io.aeroframe.transport;

/**
 * Accounts for every sequence number of a stream. Sequences restart with each publication: its account starts with the
 * first number received, and a gap counts as dropped where the publisher reported drops, otherwise as lost.
 *
 * <p>The account covers what was published since the subscription was added. A log may hold older messages: over IPC, a
 * subscriber starts where an earlier one stopped, and first receives what that one had not read.
 *
 * <p>The polling thread writes. Any thread may call {@link #ledger()}: a {@link SequenceLock} guards the numbers.
 */
final class SubscriptionCounts {

    /** Read before the driver knows of the subscription: whatever is published for this subscriber is later. */
    private final long madeNs = System.nanoTime();

    private final SequenceLock lock = new SequenceLock();

    private long publicationId;
    private boolean hasBegun;
    private long nextSequence;
    private long droppedSeen;

    private long published;
    private long received;
    private long droppedByPublisher;
    private long lost;
    private long superseded;
    private long expired;
    private long overrun;
    private long invalid;
    private long bytes;

    /**
     * Whether a message is older than the subscription. Such a message must not count, above all not its position:
     * everything published between it and the first frame would be a gap. Messages of the publication that is already
     * followed are never older.
     *
     * @param id            the publication's id.
     * @param publishTimeNs the publish time, by this host's monotonic clock.
     */
    boolean isBeforeSubscription(long id, long publishTimeNs) {
        return publishTimeNs - madeNs < 0 && !(hasBegun && publicationId == id);
    }

    /**
     * Advances to a sequence. Frames missing before it were dropped by the publisher or lost.
     *
     * @param dropped the total number of frames before {@code sequence} that the publisher dropped.
     * @return false if the numbers contradict earlier ones of this publication.
     */
    boolean advanceTo(long id, long sequence, long dropped) {
        if (!hasBegun || publicationId != id) {
            publicationId = id;
            hasBegun = true;
            nextSequence = sequence;
            droppedSeen = dropped;
            return true;
        }
        long gap = sequence - nextSequence;
        long droppedInGap = dropped - droppedSeen;
        if (gap < 0 || droppedInGap < 0 || droppedInGap > gap) {
            return false;
        }
        lock.beginChange();
        published += gap;
        droppedByPublisher += droppedInGap;
        lost += gap - droppedInGap;
        lock.endChange();
        nextSequence = sequence;
        droppedSeen = dropped;
        return true;
    }

    /** The frame at the current sequence has arrived. The caller counts its fate and ends the change. */
    private void beginArrival() {
        lock.beginChange();
        nextSequence++;
        published++;
    }

    void received(int payloadLength) {
        beginArrival();
        received++;
        bytes += payloadLength;
        lock.endChange();
    }

    /** The frame's slot was reused before the frame was read. */
    void overrun() {
        beginArrival();
        overrun++;
        lock.endChange();
    }

    /** The frame was published before this subscription joined its pool: the account starts after it. */
    void beforeJoin() {
        nextSequence++;
    }

    void expired() {
        beginArrival();
        expired++;
        lock.endChange();
    }

    void superseded() {
        beginArrival();
        superseded++;
        lock.endChange();
    }

    void invalid() {
        lock.beginChange();
        invalid++;
        lock.endChange();
    }

    /** The labels for {@link #show(NumberedCounts)}. */
    static String[] names() {
        return new String[] {
            "published", "received", "dropped by publisher", "lost", "overrun", "superseded", "expired", "invalid"
        };
    }

    void show(NumberedCounts counters) {
        counters.show(0, published);
        counters.show(1, received);
        counters.show(2, droppedByPublisher);
        counters.show(3, lost);
        counters.show(4, overrun);
        counters.show(5, superseded);
        counters.show(6, expired);
        counters.show(7, invalid);
    }

    /** The publication that is accounted for at present; 0 before the first. */
    long publicationId() {
        return publicationId;
    }

    /** A consistent snapshot. Any thread; takes no lock, and retries while the polling thread changes the numbers. */
    SubscriptionLedger ledger() {
        while (true) {
            long version = lock.version();
            SubscriptionLedger ledger = new SubscriptionLedger(
                    published, received, droppedByPublisher, lost, overrun, superseded, expired, invalid, bytes);
            if (lock.isUnchanged(version)) {
                return ledger;
            }
            Thread.onSpinWait();
        }
    }
}
