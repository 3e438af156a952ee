package io.aeroframe.benchmarks.paths;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.FrameSender;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.pictures.Picture;
import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.exceptions.DriverTimeoutException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.agrona.BufferUtil;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Plain Aeron's writer, as its users would write it: it offers a picture in memory behind a header of stamp, scheduled
 * time and frame number, and repeats the offer until there is room.
 */
public final class AeronSender implements FrameSender {

    static final int STAMP_OFFSET = 0;
    static final int SCHEDULED_OFFSET = 8;
    static final int NUMBER_OFFSET = 16;
    static final int HEADER_LENGTH = 24;

    /** The frame number that marks the end of the stream. */
    static final long END = -1;

    private final boolean isFilled;
    private final DirectBuffer source;
    private final UnsafeBuffer picture;
    private final UnsafeBuffer header = new UnsafeBuffer(BufferUtil.allocateDirectAligned(HEADER_LENGTH, 64));
    private final Aeron aeron;
    private final Publication publication;
    private long sent;

    public AeronSender(Plan plan, Path aeronDirectory, int run) {
        isFilled = plan.isFilled();
        source = Picture.of(plan.format());
        picture = new UnsafeBuffer(BufferUtil.allocateDirectAligned(source.capacity(), 64));
        picture.putBytes(0, source, 0, source.capacity());
        aeron = connect(aeronDirectory);
        publication = aeron.addPublication(plan.channel().uri(), streamId(run));
        if (HEADER_LENGTH + source.capacity() > publication.maxMessageLength()) {
            int most = publication.maxMessageLength();
            close();
            throw new BenchException("plain Aeron cannot send a frame of " + source.capacity()
                    + " bytes: its largest message on " + plan.channel() + " has " + most
                    + "; use a smaller --size, or --channel with a larger term-length");
        }
    }

    static Aeron connect(Path aeronDirectory) {
        return Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(aeronDirectory.toString())
                .errorHandler(error -> {
                    // Aeron's default handler ends the JVM with a long message when the driver is gone. Here the driver
                    // is gone only if the command is, and then this process ends anyway.
                    if (!(error instanceof DriverTimeoutException)) {
                        System.err.println("bench: plain Aeron: " + error.getMessage());
                    }
                }));
    }

    static int streamId(int run) {
        return 1001 + run;
    }

    @Override
    public boolean isConnected() {
        return publication.isConnected();
    }

    @Override
    public boolean send(long number, long scheduledNs) {
        if (isFilled) {
            picture.putBytes(0, source, 0, source.capacity());
        }
        header.putLong(SCHEDULED_OFFSET, scheduledNs, ByteOrder.LITTLE_ENDIAN);
        header.putLong(NUMBER_OFFSET, number, ByteOrder.LITTLE_ENDIAN);
        header.putLong(STAMP_OFFSET, System.nanoTime(), ByteOrder.LITTLE_ENDIAN);
        offer(picture.capacity());
        sent++;
        return true;
    }

    private void offer(int length) {
        long result;
        while ((result = publication.offer(header, 0, HEADER_LENGTH, picture, 0, length, null)) < 0) {
            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
                throw new BenchException("plain Aeron: " + Publication.errorString(result));
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public Report.PublicationCounts counts() {
        return new Report.PublicationCounts(sent, sent, 0, 0, 0);
    }

    @Override
    public int payloadLength() {
        return source.capacity();
    }

    @Override
    public void close() {
        if (publication.isConnected()) {
            header.putLong(NUMBER_OFFSET, END, ByteOrder.LITTLE_ENDIAN);
            offer(0);
        }
        CloseHelper.closeAll(publication, aeron);
    }
}
