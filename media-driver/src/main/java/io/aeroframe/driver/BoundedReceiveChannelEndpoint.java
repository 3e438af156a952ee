package io.aeroframe.driver;

import io.aeron.driver.Configuration;
import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.LogBufferDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * The receiving end of a UDP channel, which validates what a peer asks for before anything is allocated for it: the
 * lengths in a setup, and how much there is already. Setups that are refused leave nothing behind in the driver; a real
 * peer repeats its own.
 *
 * <p>{@code onSetupMessage} is called by the driver's receiver, the counting of subscriptions by its conductor.
 */
final class BoundedReceiveChannelEndpoint extends ReceiveChannelEndpoint {

    private final ImageBudget budget;
    private final RefusedSetups refused;

    /** How many subscriptions each stream id has. Setups for others make nothing. */
    private final Map<Integer, Integer> subscriptions = new ConcurrentHashMap<>();

    BoundedReceiveChannelEndpoint(
            UdpChannel udpChannel,
            DataPacketDispatcher dispatcher,
            AtomicCounter statusIndicator,
            MediaDriver.Context context,
            ImageBudget budget,
            RefusedSetups refused) {
        super(udpChannel, dispatcher, statusIndicator, context);
        this.budget = budget;
        this.refused = refused;
    }

    @Override
    public void onSetupMessage(
            SetupFlyweight header, UnsafeBuffer buffer, int length, InetSocketAddress srcAddress, int transportIndex) {
        RefusedSetups.Reason reason = invalidity(header, length);
        if (reason != null) {
            refused.refuse(reason, header, srcAddress, udpChannel());
            return;
        }
        int streamId = header.streamId();
        int sessionId = header.sessionId();
        if (!subscriptions.containsKey(streamId)) {
            super.onSetupMessage(header, buffer, length, srcAddress, transportIndex);
            return;
        }
        ImageBudget.Verdict verdict = budget.admit(
                subscriptionUdpChannel(),
                streamId,
                sessionId,
                header.termLength(),
                context.filePageSize(),
                context.cachedNanoClock().nanoTime());
        switch (verdict) {
            case ADMITTED -> {
                try {
                    super.onSetupMessage(header, buffer, length, srcAddress, transportIndex);
                } finally {
                    if (context.threadingMode() == ThreadingMode.SHARED) {
                        // The conductor has been called, on this thread.
                        budget.settle(subscriptionUdpChannel(), streamId, sessionId);
                    }
                }
            }
            case TOO_MANY_IMAGES -> refused.refuse(RefusedSetups.Reason.IMAGES, header, srcAddress, udpChannel());
            case TOO_MANY_BYTES -> refused.refuse(RefusedSetups.Reason.BYTES, header, srcAddress, udpChannel());
            case LATER -> {
                return;
            }
        }
    }

    private RefusedSetups.Reason invalidity(SetupFlyweight header, int length) {
        if (length < SetupFlyweight.HEADER_LENGTH) {
            return RefusedSetups.Reason.TRUNCATED;
        }
        int term = header.termLength();
        if (term < LogBufferDescriptor.TERM_MIN_LENGTH
                || term > budget.limits().maxTermLength()
                || !BitUtil.isPowerOfTwo(term)) {
            return RefusedSetups.Reason.TERM_LENGTH;
        }
        int mtu = header.mtuLength();
        if (mtu <= DataHeaderFlyweight.HEADER_LENGTH
                || mtu > Math.min(Configuration.MAX_UDP_PAYLOAD_LENGTH, term)
                || !BitUtil.isAligned(mtu, FrameDescriptor.FRAME_ALIGNMENT)) {
            return RefusedSetups.Reason.MTU;
        }
        int offset = header.termOffset();
        if (offset < 0
                || offset > term
                || !BitUtil.isAligned(offset, FrameDescriptor.FRAME_ALIGNMENT)
                || header.activeTermId() - header.initialTermId() < 0) {
            return RefusedSetups.Reason.POSITION;
        }
        return null;
    }

    private void onSubscription(int streamId, int change) {
        subscriptions.merge(streamId, change, (before, after) -> before + after == 0 ? null : before + after);
    }

    @Override
    public int incRefToStream(int streamId) {
        onSubscription(streamId, 1);
        return super.incRefToStream(streamId);
    }

    @Override
    public int decRefToStream(int streamId) {
        onSubscription(streamId, -1);
        return super.decRefToStream(streamId);
    }

    @Override
    public long incRefToStreamAndSession(int streamId, int sessionId) {
        onSubscription(streamId, 1);
        return super.incRefToStreamAndSession(streamId, sessionId);
    }

    @Override
    public long decRefToStreamAndSession(int streamId, int sessionId) {
        onSubscription(streamId, -1);
        return super.decRefToStreamAndSession(streamId, sessionId);
    }

    @Override
    public int incResponseRefToStream(int streamId) {
        onSubscription(streamId, 1);
        return super.incResponseRefToStream(streamId);
    }

    @Override
    public int decResponseRefToStream(int streamId) {
        onSubscription(streamId, -1);
        return super.decResponseRefToStream(streamId);
    }
}
