package io.aeroframe.transport;

/**
 * What a publication has in one session of the driver: its Aeron publication and, over IPC, its pools. One thread,
 * inside the gate.
 */
final class PublicationLink implements AutoCloseable {

    private final ClientSession session;
    private final LogPublication log;

    /** Null where frames only go through the log. */
    private final PublicationPools pools;

    private final LedgerCounters counters;

    private final Gate gate;

    /**
     * Opens it. Waits for the driver, for {@link ConnectionContext#answerTimeout()} at most.
     *
     * @param gate that the thread which writes is inside of.
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
            SubscriberPositions subscribers = new SubscriberPositions(
                    session.counters(), log.sessionId(), context.stream().streamId());
            return new PublicationPools(host, session.counters(), context, publicationId, subscribers);
        } catch (RuntimeException | Error ex) {
            log.close();
            throw ex;
        }
    }

    /**
     * A raw frame's length is known, and noise is as long as that compressed; a JPEG is taken to be an eighth of its
     * BGR pixels until larger ones come.
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

    PublicationPools pools() {
        return pools;
    }

    /** Where the account is shown. */
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
