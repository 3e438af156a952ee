package io.aeroframe.benchmarks.paths;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.FrameSender;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.pictures.Picture;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.ConnectionContext;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.PublicationContext;
import io.aeroframe.transport.PublicationLedger;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeroframe's writer: claim, write, commit. A frame's scheduled time travels as its capture time. With a codec, the
 * picture is encoded into each claim, and the stamp taken before that travels as metadata.
 */
public final class AeroframeSender implements FrameSender {

    private final FrameFormat format;
    private final boolean isFilled;
    private final DirectBuffer picture;
    private final PictureCodec codec;
    private final UnsafeBuffer stamp = new UnsafeBuffer(new byte[Long.BYTES]);
    private final FrameDriver driver;
    private final Aeroframe aeroframe;
    private final FramePublication publication;

    /**
     * Connects a writer.
     *
     * @param codec the codec that encodes each frame, closed with this; null to send the same bytes each time
     * @throws BenchException if the channel does not allow the plan's path
     */
    public AeroframeSender(Plan plan, Path aeronDirectory, int run, PictureCodec codec) {
        this.codec = codec;
        format = plan.format();
        isFilled = plan.isFilled();
        picture = codec == null ? Picture.of(format) : codec.encoded();
        driver = FrameDriver.join(new DriverContext().aeronDirectory(aeronDirectory));
        aeroframe = connect(driver);
        PublicationContext context = new PublicationContext()
                .stream(stream(run))
                        .channel(plan.channel())
                        .format(format)
                        .lossless(plan.rate().isMax())
                        .idleStrategy(new BusySpinIdleStrategy());
        context.pooled(plan.path() == FramePath.pool);
        publication = aeroframe.addPublication(context);
        if (publication.isPooled() != (plan.path() == FramePath.pool)) {
            close();
            throw new BenchException("the publication on " + plan.channel() + " does not take the " + plan.path()
                    + " path; use another --path, or a --channel that allows it");
        }
    }

    /** Connects to a driver, with errors printed to standard error. */
    public static Aeroframe connect(FrameDriver driver) {
        return Aeroframe.connect(
                driver,
                new ConnectionContext().errorHandler(error -> System.err.println("bench: " + error.getMessage())));
    }

    static String stream(int run) {
        return "bench-" + run;
    }

    @Override
    public boolean isConnected() {
        return publication.isConnected();
    }

    @Override
    public boolean send(long number, long scheduledNs) {
        if (codec != null) {
            return sendEncoded(scheduledNs);
        }
        FrameClaim claim = publication.tryClaim(format, picture.capacity());
        if (claim == null) {
            return false;
        }
        if (isFilled) {
            claim.buffer().putBytes(0, picture, 0, picture.capacity());
        }
        if (picture.capacity() >= Long.BYTES) {
            claim.buffer().putLong(0, number, ByteOrder.LITTLE_ENDIAN);
        }
        if (format.encoding() == FrameEncoding.JPEG) {
            claim.payloadLength(picture.capacity());
        }
        return claim.commit(scheduledNs);
    }

    private boolean sendEncoded(long scheduledNs) {
        long stampNs = System.nanoTime();
        FrameClaim claim = publication.tryClaim(format, codec.capacity());
        if (claim == null) {
            return false;
        }
        claim.payloadLength(codec.encode(claim.byteBuffer()));
        stamp.putLong(0, stampNs, ByteOrder.LITTLE_ENDIAN);
        claim.metadata(stamp, 0, Long.BYTES);
        return claim.commit(scheduledNs);
    }

    @Override
    public Report.PublicationCounts counts() {
        PublicationLedger ledger = publication.ledger();
        return new Report.PublicationCounts(
                ledger.published(),
                ledger.sent(),
                ledger.droppedBackPressure(),
                ledger.droppedNoSlot(),
                ledger.droppedNoSubscriber());
    }

    @Override
    public int payloadLength() {
        return picture.capacity();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(publication, aeroframe, driver, codec);
    }
}
