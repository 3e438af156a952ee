package io.aeroframe.benchmarks.harness;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What a child process reports to the command that started it: one line on its standard output. */
public sealed interface Report extends Serializable {

    /** The start of a line that holds a report. */
    String MARK = "bench-report ";

    /** The process is connected and waits for the schedule. */
    record Ready() implements Report {}

    /** The process serves the others and runs until it is killed. */
    record Serving() implements Report {}

    /**
     * The process cannot continue.
     *
     * @param message the reason, in one line fit to print
     */
    record Failed(String message) implements Report {}

    /**
     * What the writer did in the measured part.
     *
     * @param payloadLength the length of a frame's payload in bytes
     * @param counts        the publication's counts
     * @param usage         the resources that the writer used
     * @param cost          the time from before the claim to after the commit of each frame that was sent, in ns
     */
    record Written(int payloadLength, PublicationCounts counts, Meter.Usage usage, Histogram cost) implements Report {}

    /**
     * What a reading process received in the measured part, summed over its subscriptions.
     *
     * @param received   the number of frames
     * @param mismatched the number of frames with pixels that start with a number other than the header's
     * @param counts     the subscriptions' counts: why frames are missing
     * @param usage      the resources that the reader used
     * @param stamped    the latencies from the stamp right before the commit to the handler, in ns
     * @param scheduled  the latencies from the scheduled time to the handler, in ns; empty without a schedule
     * @param touched    the latencies from the stamp to the last byte read, in ns; empty if frames are not touched
     * @param sum        the sum of the bytes read; it keeps the compiler from skipping the reads
     */
    record Read(
            long received,
            long mismatched,
            SubscriptionCounts counts,
            Meter.Usage usage,
            Histogram stamped,
            Histogram scheduled,
            Histogram touched,
            long sum)
            implements Report {}

    /**
     * What the slow reader received in the measured part.
     *
     * @param age the age of each frame when it was delivered, from the stamp right before the commit, in ns
     */
    record SlowRead(Histogram age) implements Report {}

    /**
     * What the receiver of {@code bench stages} measured.
     *
     * @param received the number of frames received in the measured part
     * @param isShown  whether the frames were painted in a window; if not, they were only converted for one
     * @param stages   the durations of each stage in ns, in the order of the stages; those of the publisher are empty
     */
    record Stages(long received, boolean isShown, List<Histogram> stages) implements Report {}

    /**
     * The number of frames that a publication sent and dropped.
     *
     * @param published           all frames, sent or dropped
     * @param sent                the frames sent
     * @param droppedBackPressure the frames dropped because a subscriber left no room in the log
     * @param droppedNoSlot       the frames dropped because every slot was held
     * @param droppedNoSubscriber the frames dropped because no subscriber was connected
     */
    record PublicationCounts(
            long published, long sent, long droppedBackPressure, long droppedNoSlot, long droppedNoSubscriber)
            implements Serializable {

        PublicationCounts minus(PublicationCounts other) {
            return new PublicationCounts(
                    published - other.published,
                    sent - other.sent,
                    droppedBackPressure - other.droppedBackPressure,
                    droppedNoSlot - other.droppedNoSlot,
                    droppedNoSubscriber - other.droppedNoSubscriber);
        }
    }

    /**
     * The number of frames that did not reach a handler, as a subscription counts them.
     *
     * @param lost       the frames that were sent and did not arrive complete
     * @param overrun    the frames whose slot was reused before they were read
     * @param superseded the frames skipped for a newer one
     * @param expired    the frames older than their time to live
     * @param invalid    the messages refused as invalid
     */
    record SubscriptionCounts(long lost, long overrun, long superseded, long expired, long invalid)
            implements Serializable {

        public static final SubscriptionCounts NONE = new SubscriptionCounts(0, 0, 0, 0, 0);

        public SubscriptionCounts plus(SubscriptionCounts other) {
            return new SubscriptionCounts(
                    lost + other.lost,
                    overrun + other.overrun,
                    superseded + other.superseded,
                    expired + other.expired,
                    invalid + other.invalid);
        }

        SubscriptionCounts minus(SubscriptionCounts other) {
            return plus(new SubscriptionCounts(
                    -other.lost, -other.overrun, -other.superseded, -other.expired, -other.invalid));
        }
    }

    /** Returns this report as one line. */
    default String line() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(this);
        } catch (IOException ex) {
            throw new IllegalStateException("writing into memory failed", ex);
        }
        return MARK + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Returns the report in a line, or null if there is none. Trusts the line: a child process printed it. */
    static Report parse(String line) {
        if (!line.startsWith(MARK)) {
            return PeerReport.parse(line);
        }
        byte[] bytes = Base64.getDecoder().decode(line.substring(MARK.length()));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return (Report) in.readObject();
        } catch (IOException | ClassNotFoundException ex) {
            throw new IllegalStateException("a report cannot be read", ex);
        }
    }
}
