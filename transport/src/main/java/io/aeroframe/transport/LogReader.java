package io.aeroframe.transport;

import io.aeroframe.transport.codec.EndOfStreamDecoder;
import io.aeroframe.transport.codec.MessageHeaderDecoder;
import io.aeroframe.transport.codec.StreamAnnouncementDecoder;
import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * The log path's receiving half: the frames of one image, from its messages. One thread.
 *
 * <p>For {@link Delivery#LATEST} two assemblies take turns: one holds the newest whole frame while the other puts the next one together.
 */
final class LogReader implements ControlledFragmentHandler {

    /** How a log ended. */
    enum Ending {
        /** It has not. */
        NONE,
        /** The stream has ended. */
        END_OF_STREAM,
        /** The publisher left without a word. */
        VANISHED,
        /** It carries a stream of another name. */
        FOREIGN
    }

    private static final int FRAGMENT_LIMIT = 16;

    /** A publisher that is faster than this reader would keep a search for the latest frame going for ever. */
    private static final int LATEST_SEARCH_LIMIT = 64;

    private final Image image;
    private final FrameSubscription.Context context;
    private final long streamHash;
    private final StreamAccount account;
    private final FaultReporter faults;
    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final StreamAnnouncementDecoder announcement = new StreamAnnouncementDecoder();
    private final EndOfStreamDecoder endOfStream = new EndOfStreamDecoder();

    private FrameAssembly assembling;
    private FrameAssembly held;
    private FrameAssembly spare;

    private FrameHandler handler;
    private int limit;
    private int delivered;
    private int passedOver;
    private Ending ending = Ending.NONE;

    LogReader(
            Image image,
            FrameSubscription.Context context,
            StreamAccount account,
            FaultReporter faults,
            HostIdentity host,
            FrameLeasePool leases) {
        this.image = image;
        this.context = context;
        this.streamHash = context.stream().hash();
        this.account = account;
        this.faults = faults;
        assembling = new FrameAssembly(this, host, leases);
        if (context.delivery() == Delivery.LATEST) {
            spare = new FrameAssembly(this, host, leases);
        }
    }

    Image image() {
        return image;
    }

    Ending ending() {
        return ending;
    }

    /**
     * Gives whole frames to the handler.
     *
     * @param limit of frames.
     * @return frames given.
     */
    int poll(FrameHandler handler, int limit) {
        this.handler = handler;
        this.limit = limit;
        delivered = 0;
        passedOver = 0;
        int read;
        do {
            // The image may end while it is polled: its end counts only if it was there before nothing was read.
            boolean isAtEnd = image.isClosed() || image.isEndOfStream();
            read = image.controlledPoll(assembling.fragments(), FRAGMENT_LIMIT);
            if (read == 0 && isAtEnd && ending == Ending.NONE) {
                ending = Ending.VANISHED;
            }
        } while (read > 0 && delivered < limit && passedOver < LATEST_SEARCH_LIMIT && ending == Ending.NONE);
        deliverHeld();
        this.handler = null;
        return delivered;
    }

    /** Takes one message of the image, called by the assembler in use. */
    @Override
    public Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        int template = length < MessageHeaderDecoder.ENCODED_LENGTH
                ? 0
                : messageHeader.wrap(buffer, offset).templateId();
        if (template != 0 && messageHeader.schemaId() == MessageHeaderDecoder.SCHEMA_ID) {
            if (template == StreamAnnouncementDecoder.TEMPLATE_ID) {
                return onAnnouncement(buffer, offset, length);
            }
            if (template == EndOfStreamDecoder.TEMPLATE_ID) {
                return onEndOfStream(buffer, offset, length);
            }
        }
        // A message of one fragment lies in the log itself, where it cannot stay while the poll goes on.
        boolean keep =
                context.delivery() == Delivery.LATEST && length <= image.mtuLength() - FrameChannel.DATA_HEADER_LENGTH;
        HeaderFault fault = assembling.take(buffer, offset, length, streamHash, context.maxFrameLength(), keep);
        if (fault != null) {
            return onFault(fault);
        }
        return assembling.isComplete() ? onFrame() : Action.CONTINUE;
    }

    private Action onFrame() {
        FrameHeader frameHeader = assembling.header();
        if (held != null) {
            account.notLatest();
            passedOver++;
            spare = held;
            held = null;
        }
        if (!account.advanceTo(frameHeader.publicationId, frameHeader.sequence, frameHeader.dropped)) {
            return onFault(HeaderFault.SEQUENCE);
        }
        if (context.delivery() == Delivery.LATEST) {
            held = assembling;
            assembling = spare;
            spare = null;
            return Action.BREAK; // the rest of the poll belongs to the other assembly
        }
        deliver(assembling);
        return delivered == limit ? Action.BREAK : Action.COMMIT;
    }

    private void deliverHeld() {
        if (held != null) {
            FrameAssembly newest = held;
            held = null;
            spare = newest;
            deliver(newest);
        }
    }

    private void deliver(FrameAssembly assembly) {
        FrameHeader frameHeader = assembly.header();
        BorrowedFrame frame = assembly.frame();
        if (frameHeader.timeToLiveNs > 0
                && frame.isSameHost()
                && System.nanoTime() - frame.publishTimeNs() > frameHeader.timeToLiveNs) {
            account.expired();
            return;
        }
        account.received(frame.payloadLength());
        delivered++;
        handler.onFrame(frame);
    }

    private Action onAnnouncement(DirectBuffer buffer, int offset, int length) {
        int blockLength = messageHeader.blockLength();
        int nameOffset =
                MessageHeaderDecoder.ENCODED_LENGTH + blockLength + StreamAnnouncementDecoder.nameHeaderLength();
        if (blockLength < StreamAnnouncementDecoder.BLOCK_LENGTH || nameOffset > length) {
            return onFault(HeaderFault.BLOCK_LENGTH);
        }
        announcement.wrap(buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, blockLength, messageHeader.version());
        int nameLength = announcement.nameLength();
        if (nameLength < 1 || nameLength > StreamName.MAX_BYTES || nameOffset + nameLength > length) {
            return onFault(HeaderFault.MESSAGE_LENGTH);
        }
        if (announcement.streamHash() != streamHash) {
            byte[] name = new byte[nameLength];
            announcement.getName(name, 0, nameLength);
            ending = Ending.FOREIGN;
            faults.report(new StreamCollisionException(
                    context.stream(), new String(name, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?")));
            return Action.BREAK;
        }
        return onPosition(announcement.publicationId(), announcement.nextSequence(), announcement.dropped());
    }

    private Action onEndOfStream(DirectBuffer buffer, int offset, int length) {
        int blockLength = messageHeader.blockLength();
        if (blockLength < EndOfStreamDecoder.BLOCK_LENGTH
                || MessageHeaderDecoder.ENCODED_LENGTH + blockLength > length) {
            return onFault(HeaderFault.BLOCK_LENGTH);
        }
        endOfStream.wrap(buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, blockLength, messageHeader.version());
        if (endOfStream.streamHash() != streamHash) {
            return onFault(HeaderFault.STREAM);
        }
        Action action = onPosition(endOfStream.publicationId(), endOfStream.nextSequence(), endOfStream.dropped());
        ending = Ending.END_OF_STREAM;
        return action;
    }

    /** A message said how far the publication is: what was not seen until there will not come. */
    private Action onPosition(long id, long nextSequence, long dropped) {
        if (nextSequence < 0 || dropped < 0 || dropped > nextSequence) {
            return onFault(HeaderFault.SEQUENCE);
        }
        deliverHeld();
        if (!account.advanceTo(id, nextSequence, dropped)) {
            return onFault(HeaderFault.SEQUENCE);
        }
        return Action.BREAK;
    }

    private Action onFault(HeaderFault fault) {
        account.invalid();
        faults.count(fault);
        return Action.COMMIT;
    }
}
