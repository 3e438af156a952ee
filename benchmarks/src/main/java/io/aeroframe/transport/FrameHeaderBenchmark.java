package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a frame's header costs: written, read and judged, and refused. In the package of the header, which is not public. Average and not sampled
 * times: the clock itself takes longer than a header.
 */
@State(Scope.Thread)
@BenchmarkMode({Mode.AverageTime, Mode.Throughput})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")
public class FrameHeaderBenchmark {

    private static final FrameFormat FORMAT = FrameFormat.bgr24(1280, 688);
    private static final long STREAM_HASH = new StreamName("benchmark").hash();
    private static final int MAX_FRAME_LENGTH = 256 << 20;

    private final FrameHeader written = new FrameHeader();
    private final FrameHeader read = new FrameHeader();
    private final UnsafeBuffer target = new UnsafeBuffer(new byte[FrameHeader.LENGTH]);
    private final UnsafeBuffer valid = new UnsafeBuffer(new byte[FrameHeader.LENGTH]);
    private final UnsafeBuffer foreign = new UnsafeBuffer(new byte[FrameHeader.LENGTH]);
    private final UnsafeBuffer bad = new UnsafeBuffer(new byte[FrameHeader.LENGTH]);

    /** Makes headers of a frame in a pool: one to be trusted, one of another stream, and one that claims more pixels than it has. */
    @Setup(Level.Trial)
    public void write() {
        written.streamHash = STREAM_HASH;
        written.publicationId = 1;
        written.sequence = 1_000_000;
        written.captureTimeNs = TimeUnit.DAYS.toNanos(20_000);
        written.publishTimeNs = TimeUnit.DAYS.toNanos(1);
        written.format = FORMAT;
        written.payloadLength = FORMAT.maxPayloadLength();
        written.chunkLength = FORMAT.maxPayloadLength();
        written.poolId = 7;
        written.encode(valid, 0);
        written.streamHash = STREAM_HASH + 1;
        written.encode(foreign, 0);
        written.streamHash = STREAM_HASH;
        written.payloadLength--;
        written.encode(bad, 0);
        written.payloadLength++;
        check(valid, null);
        check(foreign, RejectReason.STREAM);
        check(bad, RejectReason.PAYLOAD_LENGTH);
    }

    private void check(UnsafeBuffer header, RejectReason expected) {
        RejectReason fault = decode(header);
        if (fault != expected) {
            throw new IllegalStateException("fault=" + fault + ", not " + expected);
        }
    }

    private RejectReason decode(UnsafeBuffer header) {
        return read.decode(header, 0, FrameHeader.LENGTH, STREAM_HASH, MAX_FRAME_LENGTH);
    }

    /**
     * Writes a header.
     *
     * @return its length.
     */
    @Benchmark
    public int encode() {
        written.sequence++;
        return written.encode(target, 0);
    }

    /**
     * Reads every field, and stops at the first check: as near to decoding alone as can be.
     *
     * @return why it is not trusted.
     */
    @Benchmark
    public Object decode() {
        return decode(foreign);
    }

    /**
     * Reads every field and judges all of them: what a frame that is delivered costs.
     *
     * @return null: it is trusted.
     */
    @Benchmark
    public Object decodeAndValidate() {
        return decode(valid);
    }

    /**
     * Reads every field and finds that the lengths contradict one another: what a hostile header costs.
     *
     * @return why it is not trusted.
     */
    @Benchmark
    public Object refuse() {
        return decode(bad);
    }
}
