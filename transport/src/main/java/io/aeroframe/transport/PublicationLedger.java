package io.aeroframe.transport;

/**
 * The account of a publication: {@code published = sent + droppedBackPressure + droppedNoSlot + droppedNoSubscriber}.
 *
 * @param published           frames that the source offered.
 * @param sent                frames that went out.
 * @param droppedBackPressure frames dropped because the slowest subscriber had not made room.
 * @param droppedNoSlot       frames dropped because subscribers held every slot of the pool.
 * @param droppedNoSubscriber frames dropped because nobody was connected.
 * @param bytes               payload bytes of the frames that went out.
 */
public record PublicationLedger(
        long published, long sent, long droppedBackPressure, long droppedNoSlot, long droppedNoSubscriber, long bytes) {

    /**
     * All frames that were offered and did not go out.
     *
     * @return frames.
     */
    public long dropped() {
        return droppedBackPressure + droppedNoSlot + droppedNoSubscriber;
    }
}
