package io.aeroframe.transport;

/**
 * What became of the frames of a publication: {@code published = sent + droppedBackPressure + droppedNoSlot +
 * droppedNoSubscriber + droppedAtSource}.
 *
 * @param published           the frames that the source offered.
 * @param sent                the frames that were sent.
 * @param droppedBackPressure the frames dropped because the slowest subscriber had not made room.
 * @param droppedNoSlot       the frames dropped because subscribers held every slot of the pool.
 * @param droppedNoSubscriber the frames dropped because nobody was connected.
 * @param droppedAtSource     the frames that the source lost before it could offer them.
 * @param bytes               the payload bytes of the frames that were sent.
 */
public record PublicationLedger(
        long published,
        long sent,
        long droppedBackPressure,
        long droppedNoSlot,
        long droppedNoSubscriber,
        long droppedAtSource,
        long bytes) {

    /**
     * The frames that were not sent.
     *
     * @return the number of frames.
     */
    public long dropped() {
        return droppedBackPressure + droppedNoSlot + droppedNoSubscriber + droppedAtSource;
    }
}
