package io.aeroframe.transport;

/**
 * What became of the frames of a subscription, across all publications that it has followed: {@code published =
 * received + droppedByPublisher + lost + overrun + superseded + expired}.
 *
 * @param published          the frames published since the subscription was added, as far as it knows.
 * @param received           the frames delivered to the handler.
 * @param droppedByPublisher the frames that the publisher reported as dropped.
 * @param lost               the frames that were sent but did not arrive complete and valid.
 * @param overrun            the frames whose pool slot was reused before they were read: the subscriber is too slow to
 *     get every frame.
 * @param superseded         the frames skipped for a newer one.
 * @param expired            the frames older than their time to live.
 * @param invalid            the rejected messages. Those that were frames of this stream also count as lost.
 * @param bytes              the payload bytes of the frames delivered to the handler.
 */
public record SubscriptionLedger(
        long published,
        long received,
        long droppedByPublisher,
        long lost,
        long overrun,
        long superseded,
        long expired,
        long invalid,
        long bytes) {

    /**
     * Whether every published frame is accounted for.
     *
     * @return true if the numbers add up.
     */
    public boolean isBalanced() {
        return published == received + droppedByPublisher + lost + overrun + superseded + expired;
    }
}
