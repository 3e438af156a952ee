package io.aeroframe.transport;

/**
 * Attributes each sequence number of a stream, as its subscriber sees it. Sequences start again with each
 * publication: its account begins with the first number heard of it, and numbers skipped were dropped by the
 * publisher, if it says so, or were lost.
 *
 * <p>An account is of what was published since the subscription was made. A log may hold more than that: over IPC a
 * subscriber starts where the one before it left, and gets first what that one had not read.
 *
 * <p>One thread writes; {@link #ledger()} belongs to the same thread.
 */
final class SubscriptionCounts {

    /**
     * Taken before the driver knows of the subscription: what is published because there is a subscriber comes later.
     */
    private final long madeNs = System.nanoTime();

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
     * Whether a message is older than the subscription. It says nothing to the account then, of its position least of
     * all: that would make everything published between it and the first frame a gap. A publication that the account
     * follows has been heard of since.
     *
     * @param id            of the publication.
     * @param publishTimeNs by the monotonic clock of this host.
     */
    boolean isBeforeSubscription(long id, long publishTimeNs) {
        return publishTimeNs - madeNs < 0 && !(hasBegun && publicationId == id);
    }

    /**
     * Moves on to a sequence. What was not seen before it was dropped by the publisher or lost.
     *
     * @param dropped frames before {@code sequence} that the publisher dropped, in all.
     * @return false if the numbers contradict what this publication said before.
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
        published += gap;
        droppedByPublisher += droppedInGap;
        lost += gap - droppedInGap;
        nextSequence = sequence;
        droppedSeen = dropped;
        return true;
    }

    /** The frame of the sequence that the account moved on to has arrived; the caller says what became of it. */
    private void arrived() {
        nextSequence++;
        published++;
    }

    void received(int payloadLength) {
        arrived();
        received++;
        bytes += payloadLength;
    }

    /** The frame's slot was reused before the frame was read. */
    void overrun() {
        arrived();
        overrun++;
    }

    /** The frame was published before this subscription joined its pool: the account begins after it. */
    void beforeJoin() {
        nextSequence++;
    }

    void expired() {
        arrived();
        expired++;
    }

    void superseded() {
        arrived();
        superseded++;
    }

    void invalid() {
        invalid++;
    }

    /** Names for {@link #show(LedgerCounters)}. */
    static String[] names() {
        return new String[] {
            "published", "received", "dropped by publisher", "lost", "overrun", "superseded", "expired", "invalid"
        };
    }

    void show(LedgerCounters counters) {
        counters.show(0, published);
        counters.show(1, received);
        counters.show(2, droppedByPublisher);
        counters.show(3, lost);
        counters.show(4, overrun);
        counters.show(5, superseded);
        counters.show(6, expired);
        counters.show(7, invalid);
    }

    SubscriptionLedger ledger() {
        return new SubscriptionLedger(
                published, received, droppedByPublisher, lost, overrun, superseded, expired, invalid, bytes);
    }
}
