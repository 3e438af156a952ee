package io.aeroframe.transport;

/**
 * A publication's resources in one driver session: its Aeron publication and, over IPC, its pools. One thread, inside
 * the gate.
 */
final class PublicationLink implements AutoCloseable {

    private final ClientSession session;
    private final LogPublication log;
    private final SubscriberPositions subscribers;

    /** Null if frames are only sent through the log. */
    private final PublicationPools pools;

    private final LedgerCounters counters;

    private final Gate gate;

    /**
     * Opens the link. Waits {@link ConnectionContext#answerTimeout()} at most for the driver.
     *
     * @param gate the gate that the publishing thread is inside of.
     * @throws FrameTransportException if the channel cannot be used, there is no room, or the session is over.
     */
    PublicationLink(
            ClientSession session,
            PublicationPools.Host host,
            PublicationContext context,
            SendWait wait,
            Gate gate,
            long publicationId) {
        this.session = session;
        this.gate = gate;
        session.acquire(gate, context.isLossless());
        boolean isOpen = false;
        try {
            boolean isPooled = context.isPooled() && context.channel().allowsPool();
            log = new LogPublication(session, context, wait, expectedLength(context.format()), isPooled);
            subscribers = new SubscriberPositions(
                    session.counters(), log.sessionId(), context.stream().streamId());
            pools = isPooled ? openPool(host, context, publicationId) : null;
            counters = new LedgerCounters(
                    session,
                    LedgerCounters.PUBLICATION_TYPE_ID,
                    "publication " + context.stream(),
                    PublicationCounts.names());
            isOpen = true;
        } finally {
            if (!isOpen) {
                session.release(gate);
            }
        }
    }

    private PublicationPools openPool(PublicationPools.Host host, PublicationContext context, long publicationId) {
        try {
            return new PublicationPools(host, session.counters(), context, publicationId, subscribers);
        } catch (RuntimeException | Error ex) {
            log.close();
            throw ex;
        }
    }

    /**
     * The length to size the log for. A raw frame's length is known, and compressed noise is as long; a JPEG is assumed
     * to be an eighth of its BGR pixels until larger ones arrive.
     */
    private static int expectedLength(FrameFormat format) {
        int payload =
                format.encoding() == FrameEncoding.JPEG ? format.maxPayloadLength() / 8 : format.maxPayloadLength();
        return (int) Math.min(Integer.MAX_VALUE - 8, (long) payload + FrameHeader.LENGTH);
    }

    ClientSession session() {
        return session;
    }

    LogPublication log() {
        return log;
    }

    /** The subscribers on this host, over IPC. */
    SubscriberPositions subscribers() {
        return subscribers;
    }

    PublicationPools pools() {
        return pools;
    }

    /** The counters that show the ledger. */
    LedgerCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        try {
            counters.close();
            if (pools != null) {
                pools.close(log.position());
            }
            log.close();
        } finally {
            session.release(gate);
        }
    }
}
