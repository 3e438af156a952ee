package io.aeroframe.benchmarks.paths;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.Arrivals;
import io.aeroframe.benchmarks.harness.FrameReceiver;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.Plan;
import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/** Plain Aeron's reader, as its users would write it: with a {@link FragmentAssembler}. */
public final class AeronReceiver implements FrameReceiver {

    private static final int FRAGMENT_LIMIT = 10;

    private final Idle idle;
    private final Arrivals arrivals;
    private final Aeron aeron;
    private final Stream[] streams;

    public AeronReceiver(Plan plan, Path aeronDirectory, int run, int count, Arrivals arrivals) {
        idle = plan.idle();
        this.arrivals = arrivals;
        aeron = AeronSender.connect(aeronDirectory);
        streams = new Stream[count];
        for (int i = 0; i < count; i++) {
            streams[i] = new Stream(aeron.addSubscription(plan.channel().uri(), AeronSender.streamId(run)));
        }
    }

    @Override
    public int poll() {
        int work = 0;
        for (Stream stream : streams) {
            work += stream.subscription.poll(stream.assembler, FRAGMENT_LIMIT);
        }
        return work;
    }

    @Override
    public boolean hasEnded() {
        for (Stream stream : streams) {
            if (!stream.hasEnded) {
                return false;
            }
        }
        return true;
    }

    /** Aeron does not count: frames that are missing show in the number of frames received. */
    @Override
    public Report.SubscriptionCounts counts() {
        return Report.SubscriptionCounts.NONE;
    }

    @Override
    public IdleStrategy idleStrategy() {
        return idle.strategy();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(aeron);
    }

    private final class Stream implements FragmentHandler {
        private final Subscription subscription;
        private final FragmentAssembler assembler = new FragmentAssembler(this);
        private long next;
        private boolean hasEnded;

        Stream(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
            long nowNs = System.nanoTime();
            long number = buffer.getLong(offset + AeronSender.NUMBER_OFFSET, ByteOrder.LITTLE_ENDIAN);
            if (number == AeronSender.END) {
                hasEnded = true;
                return;
            }
            arrivals.onFrame(
                    nowNs,
                    buffer.getLong(offset + AeronSender.STAMP_OFFSET, ByteOrder.LITTLE_ENDIAN),
                    buffer.getLong(offset + AeronSender.SCHEDULED_OFFSET, ByteOrder.LITTLE_ENDIAN),
                    number >= next,
                    buffer,
                    offset + AeronSender.HEADER_LENGTH,
                    length - AeronSender.HEADER_LENGTH);
            next = number + 1;
        }
    }
}
