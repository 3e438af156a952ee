package io.aeroframe.transport;

import java.util.List;
import java.util.Map;

/**
 * What one publication or subscription showed of itself when {@link StreamMonitor} looked. All of it is of one moment,
 * but for {@code latencies}.
 *
 * @param id            distinguishes it from all others, and never changes.
 * @param role          whether it sends or receives.
 * @param stream        the name of the stream.
 * @param channel       the channel, as {@link FrameChannel#toString()} has it.
 * @param libraryVersion the version of Aeroframe in its process; {@code unknown} if its jar does not have one.
 * @param processId     the process that it is in, by that process's own numbering.
 * @param madeTimeNs    when it was made, in nanoseconds since the epoch.
 * @param delivery      which frames a subscription wants; of a publication, {@link Delivery#EVERY}.
 * @param isLossless    whether a publication waits for slow subscribers instead of dropping frames.
 * @param isPooled      whether a publication's frames go through shared memory without a copy.
 * @param state         where it stands.
 * @param publicationId the id of the publication, or of the one that the subscription follows; 0 for none.
 * @param poolId        the pool that frames go through at present; 0 for none.
 * @param copies        how often the application copies a frame; -1 if it has not said.
 * @param format        the format of the last frame; null if there was none.
 * @param ledger        what became of the frames, by the names that the ledger's own counters have.
 * @param bytes         the payload of all frames sent or delivered.
 * @param frameCount    how many frames were sent or delivered: the last one has the index {@code frameCount - 1}.
 * @param recent        the last of them, oldest first, up to some hundreds.
 * @param latencies     how many frames of a subscription had each latency from publishing to delivery; only frames of
 *                      this host's publications have one.
 */
public record StreamStatus(
        long id,
        Role role,
        StreamName stream,
        String channel,
        String libraryVersion,
        long processId,
        long madeTimeNs,
        Delivery delivery,
        boolean isLossless,
        boolean isPooled,
        State state,
        long publicationId,
        long poolId,
        int copies,
        FrameFormat format,
        Map<String, Long> ledger,
        long bytes,
        long frameCount,
        List<FrameTrace> recent,
        LatencyCounts latencies) {

    /** Whether frames are sent or received. */
    public enum Role {
        /** It sends. */
        PUBLICATION,
        /** It receives. */
        SUBSCRIPTION
    }

    /** Where a publication or subscription stands. */
    public enum State {
        /** Nothing has been sent or received yet. */
        WAITING,
        /** The last frame was sent, or the subscription follows a publication. */
        STREAMING,
        /** A publication dropped its last frame: no subscriber was connected. */
        NO_SUBSCRIBER,
        /** A publication dropped its last frame: subscribers held every slot of the pool. */
        NO_SLOT,
        /** A publication dropped its last frame: the slowest subscriber had not made room. */
        BACK_PRESSURE,
        /** The publication that a subscription followed announced its end. */
        ENDED,
        /** The publication that a subscription followed vanished. */
        LOST
    }

    /**
     * A frame that was sent or delivered.
     *
     * @param sequence      its sequence number.
     * @param timeNs        when it was sent or delivered, by the host's monotonic clock, {@link System#nanoTime()}.
     * @param latencyNs     the time from publishing to delivery; -1 for a publication, or if unknown.
     * @param captureTimeNs when the picture was taken, in nanoseconds since the epoch, as the publisher said.
     * @param bytes         the length of its payload.
     */
    public record FrameTrace(long sequence, long timeNs, long latencyNs, long captureTimeNs, int bytes) {}
}
