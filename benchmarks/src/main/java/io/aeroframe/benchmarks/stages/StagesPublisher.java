package io.aeroframe.benchmarks.stages;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.PublicationLedger;
import io.aeroframe.vision.source.FrameSource;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/** Publishes the frames of a source and measures the stages before the commit. For one thread. */
final class StagesPublisher {

    private final FrameSource source;
    private final double framesPerSecond;
    private final double warmup;
    private final double seconds;
    private final List<Histogram> stages = Stage.histograms();
    private final List<Histogram> warmupStages = Stage.histograms();
    private final UnsafeBuffer metadata = new UnsafeBuffer(new byte[StagesReceiver.METADATA_LENGTH]);
    private PublicationLedger ledgerAtStart;
    private PublicationLedger ledgerAtEnd;

    /**
     * Creates a publisher.
     *
     * @param source          the source, at its first frame
     * @param framesPerSecond the rate of a source that is not live
     * @param warmup          the length of the warm-up in seconds
     * @param seconds         the length of the measured part in seconds
     */
    StagesPublisher(FrameSource source, double framesPerSecond, double warmup, double seconds) {
        this.source = source;
        this.framesPerSecond = framesPerSecond;
        this.warmup = warmup;
        this.seconds = seconds;
    }

    /**
     * Publishes until the measured part ends.
     *
     * @param isReceiverDone whether the receiver has failed or its window was closed; then this stops, too
     */
    void run(FramePublication publication, BooleanSupplier isReceiverDone) throws IOException {
        double periodNs = source.isLive() ? 0 : 1e9 / framesPerSecond; // a live source sets the rate
        long warmupStartNs = System.nanoTime();
        long pacedStartNs = warmupStartNs + (long) (warmup / 2 * 1e9);
        long measuredStartNs = warmupStartNs + (long) (warmup * 1e9);
        long endNs = measuredStartNs + (long) (seconds * 1e9);
        long scheduledNs = warmupStartNs;
        long pacedFrames = 0;
        for (long number = 0; ; number++) {
            Schedule.await(scheduledNs);
            // At first as fast as possible: at a few frames per second the code would not be compiled in time.
            scheduledNs = System.nanoTime() - pacedStartNs < 0
                    ? warmupStartNs
                    : pacedStartNs + (long) (pacedFrames++ * periodNs);
            long captureNs = System.nanoTime();
            if (captureNs - endNs >= 0 || isReceiverDone.getAsBoolean()) {
                break;
            }
            boolean isMeasured = captureNs - measuredStartNs >= 0;
            if (isMeasured && ledgerAtStart == null) {
                ledgerAtStart = publication.ledger();
                captureNs = System.nanoTime();
            }
            if (!source.advance()) {
                throw new BenchException(source.describe() + " ended after " + number + " frames; use fewer --seconds");
            }
            publish(publication, captureNs, isMeasured);
        }
        ledgerAtEnd = publication.ledger();
        if (ledgerAtStart == null) {
            ledgerAtStart = ledgerAtEnd;
        }
    }

    private void publish(FramePublication publication, long captureNs, boolean isMeasured) throws IOException {
        long capturedNs = System.nanoTime();
        FrameClaim claim = publication.tryClaim(source.format(), source.maxPayloadLength());
        if (claim == null) {
            return; // the ledger counts it
        }
        long claimedNs = System.nanoTime();
        boolean isWritten = false;
        try {
            claim.payloadLength(source.write(claim.byteBuffer()));
            isWritten = true;
        } finally {
            if (!isWritten) {
                claim.abort();
            }
        }
        long writtenNs = System.nanoTime();
        metadata.putLong(StagesReceiver.MEASURED_OFFSET, isMeasured ? 1 : 0, ByteOrder.LITTLE_ENDIAN);
        metadata.putLong(StagesReceiver.CAPTURE_OFFSET, captureNs, ByteOrder.LITTLE_ENDIAN);
        claim.metadata(metadata, 0, metadata.capacity());
        if (claim.commit()) {
            List<Histogram> target = isMeasured ? stages : warmupStages;
            Stage.commit.record(target, System.nanoTime() - writtenNs);
            Stage.capture.record(target, capturedNs - captureNs);
            Stage.claim.record(target, claimedNs - capturedNs);
            Stage.write.record(target, writtenNs - claimedNs);
        }
    }

    /** Returns the durations of each stage, in ns; those of the receiver are empty. */
    List<Histogram> stages() {
        return stages;
    }

    /** Returns the number of frames published in the measured part, sent or dropped. */
    long published() {
        return ledgerAtEnd.published() - ledgerAtStart.published();
    }

    /** Returns the number of frames sent in the measured part. */
    long sent() {
        return ledgerAtEnd.sent() - ledgerAtStart.sent();
    }
}
