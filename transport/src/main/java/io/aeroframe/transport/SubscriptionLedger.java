package io.aeroframe.transport;

/**
 * The account of a subscription, over all publications it has followed:
 * {@code published = received + droppedByPublisher + lost + overrun + notLatest + expired}.
 *
 * @param published          frames published since this subscription joined, as far as it has heard.
 * @param received           frames given to the handler.
 * @param droppedByPublisher frames that the publisher dropped and said so.
 * @param lost               frames that were sent and did not arrive whole and valid.
 * @param overrun            frames whose pool slot was used again before this subscriber had read them: it is too slow for every frame.
 * @param notLatest          frames passed over for a newer one.
 * @param expired            frames older than their time to live.
 * @param invalid            messages that were no frame to be trusted; those that were frames of the stream are among the lost.
 * @param bytes              payload bytes of the frames given to the handler.
 */
public record SubscriptionLedger(
        long published,
        long received,
        long droppedByPublisher,
        long lost,
        long overrun,
        long notLatest,
        long expired,
        long invalid,
        long bytes) {

    /**
     * Whether the account closes.
     *
     * @return true if every frame that was published is accounted for.
     */
    public boolean isClosed() {
        return published == received + droppedByPublisher + lost + overrun + notLatest + expired;
    }
}
