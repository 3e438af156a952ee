package io.aeroframe.benchmarks.harness;

import io.aeroframe.benchmarks.stages.Stage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What a process of a measurement tells the command that started it: one line on its standard output. */
public sealed interface Report extends Serializable {

    /** Marks the lines that are reports. */
    String MARK = "bench-report ";

    /** Connected: it may begin. */
    record Ready() implements Report {}

    /** It serves others, until it is ended. */
    record Serving() implements Report {}

    /**
     * It cannot go on.
     *
     * @param message one line for people.
     */
    record Failed(String message) implements Report {}

    /**
     * What the writer did in the measured part.
     *
     * @param payloadLength bytes of a frame.
     * @param counts       of its publication.
     * @param usage         of its process and thread.
     * @param cost          from before a claim to after its commit, ns, of frames that were sent.
     */
    record Written(int payloadLength, PublicationCounts counts, Meter.Usage usage, Histogram cost) implements Report {}

    /**
     * What a reading process received of the measured part, over all of its subscriptions.
     *
     * @param received   frames.
     * @param mismatched frames whose number at the front of the pixels is not that of their header.
     * @param counts    of its subscriptions: why frames are missing.
     * @param usage      of its process and thread.
     * @param stamped    from the stamp right before the commit to the handler, ns.
     * @param scheduled  from the time the frame was due to the handler, ns; empty without a schedule.
     * @param touched    from the stamp to the last byte read, ns; empty if the frames are not touched.
     * @param sum        of the bytes read: so that they are read.
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
     * What a reader saw that is not the one that is measured.
     *
     * @param age of the measured part's frames when it got them, from the stamp right before the commit, ns.
     */
    record SlowRead(Histogram age) implements Report {}

    /**
     * What became of real frames after their publication.
     *
     * @param received frames of the measured part.
     * @param isShown  whether they went to a window; else they were made ready for one.
     * @param stages   how long each stage took, ns, in {@link Stage}'s order; those of the other process are empty.
     */
    record Stages(long received, boolean isShown, List<Histogram> stages) implements Report {}

    /**
     * A publication's account.
     *
     * @param published           frames that the writer had.
     * @param sent                frames that went out.
     * @param droppedBackPressure frames for which a subscriber had left no room.
     * @param droppedNoSlot       frames for which every slot was held.
     * @param droppedNoSubscriber frames that nobody was there for.
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
     * Why frames did not reach a handler, as far as a subscription's account says.
     *
     * @param lost      sent, and not arrived whole.
     * @param overrun   slot written again before the subscription had it.
     * @param superseded passed over for a newer one.
     * @param expired   older than their time to live.
     * @param invalid   messages that were no frame to be trusted.
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

    /** This report in a line. */
    default String line() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(this);
        } catch (IOException ex) {
            throw new IllegalStateException("writing into memory failed", ex);
        }
        return MARK + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** The report of a line; null if the line is none. Trusts the line: it is that of a process of one's own. */
    static Report parse(String line) {
        if (!line.startsWith(MARK)) {
            return PythonReport.parse(line);
        }
        byte[] bytes = Base64.getDecoder().decode(line.substring(MARK.length()));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return (Report) in.readObject();
        } catch (IOException | ClassNotFoundException ex) {
            throw new IllegalStateException("a report that cannot be read", ex);
        }
    }
}
