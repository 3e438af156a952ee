package io.aeroframe.transport;

/**
 * Numbers the frames offered to a publication, and counts what became of them.
 *
 * <p>One thread writes; {@link #ledger()} belongs to the same thread.
 */
final class PublicationCounts {

    private long nextSequence;
    private long sent;
    private long droppedBackPressure;
    private long droppedNoSlot;
    private long droppedNoSubscriber;
    private long bytes;

    /** The sequence of the next frame, whether it will be sent or dropped. */
    long nextSequence() {
        return nextSequence;
    }

    void sent(int payloadLength) {
        nextSequence++;
        sent++;
        bytes += payloadLength;
    }

    void dropped(LogPublication.Outcome outcome) {
        nextSequence++;
        switch (outcome) {
            case NOT_CONNECTED -> droppedNoSubscriber++;
            case NO_SLOT -> droppedNoSlot++;
            default -> droppedBackPressure++;
        }
    }

    /** Frames before {@link #nextSequence()} that were not sent. */
    long dropped() {
        return droppedBackPressure + droppedNoSlot + droppedNoSubscriber;
    }

    /** Names for {@link #show(LedgerCounters)}. */
    static String[] names() {
        return new String[] {"published", "sent", "dropped back pressure", "dropped no slot", "dropped no subscriber"};
    }

    void show(LedgerCounters counters) {
        counters.show(0, nextSequence);
        counters.show(1, sent);
        counters.show(2, droppedBackPressure);
        counters.show(3, droppedNoSlot);
        counters.show(4, droppedNoSubscriber);
    }

    PublicationLedger ledger() {
        return new PublicationLedger(
                nextSequence, sent, droppedBackPressure, droppedNoSlot, droppedNoSubscriber, bytes);
    }
}
