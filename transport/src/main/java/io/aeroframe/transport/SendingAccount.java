package io.aeroframe.transport;

/**
 * Numbers the frames that a publication is offered, and says what became of each.
 *
 * <p>One thread writes; {@link #ledger()} belongs to the same thread.
 */
final class SendingAccount {

    private long nextSequence;
    private long sent;
    private long droppedBackPressure;
    private long droppedNoSlot;
    private long droppedNoSubscriber;
    private long bytes;

    /** Of the frame that is to be sent or dropped next. */
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
        if (outcome == LogPublication.Outcome.NOT_CONNECTED) {
            droppedNoSubscriber++;
        } else {
            droppedBackPressure++;
        }
    }

    void droppedNoSlot() {
        nextSequence++;
        droppedNoSlot++;
    }

    /** Frames before {@link #nextSequence()} that were not sent. */
    long dropped() {
        return droppedBackPressure + droppedNoSlot + droppedNoSubscriber;
    }

    PublicationLedger ledger() {
        return new PublicationLedger(
                nextSequence, sent, droppedBackPressure, droppedNoSlot, droppedNoSubscriber, bytes);
    }
}
