package io.aeroframe.transport;

/**
 * Numbers the frames offered to a publication, and counts what became of them. One thread writes; any thread may call
 * {@link #ledger()} and {@link #lastDrop()}.
 */
final class PublicationCounts {

    private final SequenceLock lock = new SequenceLock();
    private long nextSequence;
    private long sent;
    private long droppedBackPressure;
    private long droppedNoSlot;
    private long droppedNoSubscriber;
    private long droppedAtSource;
    private long bytes;
    private volatile DropReason lastDrop;

    /** The sequence of the next frame, whether it will be sent or dropped. */
    long nextSequence() {
        return nextSequence;
    }

    void sent(int payloadLength) {
        lock.beginChange();
        nextSequence++;
        sent++;
        bytes += payloadLength;
        lock.endChange();
    }

    void dropped(LogPublication.Outcome outcome) {
        DropReason reason =
                switch (outcome) {
                    case NOT_CONNECTED -> DropReason.NO_SUBSCRIBER;
                    case NO_SLOT -> DropReason.NO_SLOT;
                    case NO_ROOM -> DropReason.BACK_PRESSURE;
                    case SENT -> throw new AssertionError("a frame that was sent is not dropped");
                };
        lock.beginChange();
        nextSequence++;
        switch (reason) {
            case NO_SUBSCRIBER -> droppedNoSubscriber++;
            case NO_SLOT -> droppedNoSlot++;
            case BACK_PRESSURE -> droppedBackPressure++;
            case AT_SOURCE -> throw new AssertionError("not an outcome of sending");
        }
        lock.endChange();
        lastDrop = reason;
    }

    void droppedAtSource(long frames) {
        lock.beginChange();
        nextSequence += frames;
        droppedAtSource += frames;
        lock.endChange();
        lastDrop = DropReason.AT_SOURCE;
    }

    /** Why the last frame that was dropped was dropped; null if none was. Any thread. */
    DropReason lastDrop() {
        return lastDrop;
    }

    /** Frames before {@link #nextSequence()} that were not sent. */
    long dropped() {
        return droppedBackPressure + droppedNoSlot + droppedNoSubscriber + droppedAtSource;
    }

    /** Names for {@link #show(NumberedCounts)}. */
    static String[] names() {
        return new String[] {
            "published",
            "sent",
            "dropped back pressure",
            "dropped no slot",
            "dropped no subscriber",
            "dropped at source"
        };
    }

    void show(NumberedCounts counters) {
        counters.show(0, nextSequence);
        counters.show(1, sent);
        counters.show(2, droppedBackPressure);
        counters.show(3, droppedNoSlot);
        counters.show(4, droppedNoSubscriber);
        counters.show(5, droppedAtSource);
    }

    /** A consistent snapshot. Any thread; takes no lock, and retries while the writing thread changes the numbers. */
    PublicationLedger ledger() {
        while (true) {
            long version = lock.version();
            PublicationLedger ledger = new PublicationLedger(
                    nextSequence,
                    sent,
                    droppedBackPressure,
                    droppedNoSlot,
                    droppedNoSubscriber,
                    droppedAtSource,
                    bytes);
            if (lock.isUnchanged(version)) {
                return ledger;
            }
            Thread.onSpinWait();
        }
    }
}
