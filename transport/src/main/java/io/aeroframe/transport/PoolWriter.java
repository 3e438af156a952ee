package io.aeroframe.transport;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.agrona.BufferUtil;
import org.agrona.ErrorHandler;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * The publisher's side of a pool: a file of slots that it owns and writes, laid out as in {@link PoolLayout}.
 *
 * <p>One thread writes: it takes a slot, which begins a claim, and ends it with {@link #sent} or {@link #cancel}.
 * {@link #lookAfterMembers}, {@link #isJoinedBy}, {@link #abandon} and {@link #close} are for any thread. The memory
 * stays mapped until the pool is closed, and the last claim and the last hold have ended; after that, what is called
 * here throws or does nothing.
 *
 * <p>All memory is taken from the system, and mapped, before the first frame: a file system that fills up later cannot
 * hurt a frame that is being written.
 */
final class PoolWriter implements AutoCloseable {

    private static final long MAX_SLOT_LENGTH = Integer.MAX_VALUE - (long) PoolLayout.PAGE_LENGTH;
    private static final int ZEROS_LENGTH = 1 << 20;

    /** A subscriber that draws holds three frames, and another one should not go short. */
    private static final int USUAL_MIN_SLOTS = 6;

    private static final int USUAL_MAX_SLOTS = 16;

    /** Beyond this many bytes a pool has no more slots than {@link #USUAL_MIN_SLOTS}. */
    private static final long USUAL_LENGTH = 128L << 20;

    /** Small frames may have more. */
    private static final int SMALL_MAX_SLOTS = 64;

    private static final long SMALL_LENGTH = 16L << 20;

    /** The part of the free memory that a pool takes at most, unless its slots were counted by the user. */
    private static final int SHARE_OF_FREE = 4;

    /** Initialized with the pool, so that the first frame that wakes a subscriber does not wait for class loading. */
    private static final Futex FUTEX = Futex.system();

    private final long poolId;
    private final SharedFile file;
    private final int slotCount;
    private final int slotLength;
    private final Owner owner;
    private final MappedByteBuffer controlBytes;
    private final UnsafeBuffer control;
    private final MappedByteBuffer[] slotBytes;
    private final UnsafeBuffer[] slotBuffers;
    private final PoolSlots slots;
    private final PoolMembers members;

    /** Null unless the publication is lossless. */
    private final SlotLoans loans;

    private final SlotHolders holders;
    private final UseCount uses = new UseCount();

    /** The claimed slots. The publishing thread. */
    private final boolean[] isClaimed;

    /** The slots that are not used again before their {@link ClaimHold} is closed: 1. Set by the publishing thread. */
    private final AtomicIntegerArray held;

    private int claims;
    private int next;

    /** How often no slot was free. Written by the publishing thread, read by the one that checks the members. */
    private volatile long shortages;

    /**
     * The publication that owns the pool.
     *
     * @param stream        its name.
     * @param publicationId its id.
     * @param isLossless    whether it keeps each frame until all subscribers have read it.
     * @param counters      the counters of its driver: which clients are alive.
     * @param subscribers   the positions that subscribers have reached.
     * @param errorHandler  receives reports of subscribers that leave it no slot. Any thread.
     */
    record Owner(
            StreamName stream,
            long publicationId,
            boolean isLossless,
            LiveCounters counters,
            SubscriberPositions subscribers,
            ErrorHandler errorHandler) {}

    private PoolWriter(FileChannel channel, long poolId, SharedFile file, int slotCount, int slotLength, Owner owner)
            throws IOException {
        this.poolId = poolId;
        this.file = file;
        this.slotCount = slotCount;
        this.slotLength = slotLength;
        this.owner = owner;
        isClaimed = new boolean[slotCount];
        held = new AtomicIntegerArray(slotCount);
        allocate(channel, PoolLayout.fileLength(slotCount, slotLength));
        controlBytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, PoolLayout.slotsOffset(slotCount));
        control = new UnsafeBuffer(controlBytes);
        slotBytes = new MappedByteBuffer[slotCount];
        slotBuffers = new UnsafeBuffer[slotCount];
        slots = new PoolSlots(control, PoolLayout.CONTROL_OFFSET);
        members = new PoolMembers(control, slots, slotCount);
        loans = owner.isLossless() ? new SlotLoans(members, owner.subscribers(), slotCount) : null;
        for (int slot = 0; slot < slotCount; slot++) {
            slotBytes[slot] = channel.map(
                    FileChannel.MapMode.READ_WRITE, PoolLayout.slotOffset(slotCount, slotLength, slot), slotLength);
            slotBytes[slot].load();
            slotBuffers[slot] = new UnsafeBuffer(slotBytes[slot]);
            slots.init(slot);
        }
        holders = new SlotHolders(slots, members, slotCount, System.nanoTime());
    }

    /**
     * Creates a pool. Writes and maps all of its memory, which takes as long as the system takes for that much.
     *
     * @param maxPayloadLength the longest payload of a frame in bytes.
     * @param wantedSlots      the number of slots; 0 for as many as suit the size.
     * @throws FrameTransportException if there is no room.
     */
    static PoolWriter create(SharedDirectory directory, Owner owner, int maxPayloadLength, int wantedSlots) {
        StreamName stream = owner.stream();
        long slotLength = PoolLayout.slotLength(maxPayloadLength);
        if (slotLength > MAX_SLOT_LENGTH) {
            throw new FrameTransportException(
                    FrameTransportException.Reason.TOO_LARGE,
                    "stream '" + stream + "': a frame of " + maxPayloadLength
                            + " bytes is over the limit of a pool's slot; turn the pool off");
        }
        int slotCount = slotCount(directory, stream, slotLength, wantedSlots);
        long poolId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        SharedFile file = directory.create(PoolLayout.fileName(poolId));
        try {
            PoolWriter pool =
                    file.use(channel -> new PoolWriter(channel, poolId, file, slotCount, (int) slotLength, owner));
            pool.describe();
            return pool;
        } catch (IOException ex) {
            file.close();
            throw noRoom(directory, stream, slotCount, slotLength, ex.getMessage());
        } catch (RuntimeException | Error ex) {
            file.close();
            throw ex;
        }
    }

    private static int slotCount(SharedDirectory directory, StreamName stream, long slotLength, int wanted) {
        long usable = directory.usableBytes();
        if (wanted > 0) {
            if (PoolLayout.fileLength(wanted, slotLength) > usable) {
                throw noRoom(directory, stream, wanted, slotLength, mebibytes(usable) + " are free");
            }
            return wanted;
        }
        long small = Math.min(SMALL_MAX_SLOTS, SMALL_LENGTH / slotLength);
        long usual = Math.max(USUAL_MIN_SLOTS, Math.max(small, Math.min(USUAL_MAX_SLOTS, USUAL_LENGTH / slotLength)));
        int count = (int) Math.min(usual, usable / SHARE_OF_FREE / slotLength);
        if (count < PoolLayout.MIN_SLOTS) {
            throw noRoom(
                    directory,
                    stream,
                    PoolLayout.MIN_SLOTS,
                    slotLength,
                    "a pool takes at most a quarter of the " + mebibytes(usable)
                            + " that are free, unless the number of its slots is set");
        }
        return count;
    }

    private static FrameTransportException noRoom(
            SharedDirectory directory, StreamName stream, int slotCount, long slotLength, String reason) {
        return new FrameTransportException(
                FrameTransportException.Reason.NO_ROOM_FOR_POOL,
                "stream '" + stream + "': no room in " + directory.path() + " for a pool of "
                        + slotCount + " frames of " + mebibytes(slotLength) + ": " + reason
                        + "; make room (in a container, enlarge its shared memory), choose another place "
                        + "with the environment"
                        + " variable AEROFRAME_DIR, or make the publication one that is not pooled");
    }

    private static String mebibytes(long bytes) {
        return String.format("%.1f MiB", bytes / 1048576.0);
    }

    private static void allocate(FileChannel channel, long length) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_LENGTH);
        try {
            for (long position = 0; position < length; ) {
                zeros.clear().limit((int) Math.min(ZEROS_LENGTH, length - position));
                position += channel.write(zeros, position);
            }
        } finally {
            BufferUtil.free(zeros);
        }
    }

    private void describe() {
        control.putInt(PoolLayout.VERSION_OFFSET, PoolLayout.VERSION);
        control.putInt(PoolLayout.SLOT_COUNT_OFFSET, slotCount);
        control.putLong(PoolLayout.SLOT_LENGTH_OFFSET, slotLength);
        control.putLong(PoolLayout.POOL_ID_OFFSET, poolId);
        control.putLong(PoolLayout.PUBLICATION_ID_OFFSET, owner.publicationId());
        control.putLong(PoolLayout.STREAM_HASH_OFFSET, owner.stream().hash());
        control.putInt(PoolLayout.FLAGS_OFFSET, owner.isLossless() ? PoolLayout.FLAG_LOSSLESS : 0);
        control.putLongVolatile(PoolLayout.MAGIC_OFFSET, PoolLayout.MAGIC);
    }

    long poolId() {
        return poolId;
    }

    int slotCount() {
        return slotCount;
    }

    int slotLength() {
        return slotLength;
    }

    /** Whether an Aeron subscription has joined this pool. Any thread; false once the pool is closed. */
    boolean isJoinedBy(long subscriptionId) {
        if (!uses.tryAcquire()) {
            return false;
        }
        try {
            return members.contains(subscriptionId);
        } finally {
            endUse();
        }
    }

    /**
     * Claims the oldest slot that nobody reads. The claim ends with {@link #sent} or {@link #cancel}.
     *
     * @return the slot; -1 if all are read, or the pool is closed.
     */
    int tryTake() {
        if (!uses.tryAcquire()) {
            return -1;
        }
        int slot = -1;
        try {
            slot = tryBeginWrite();
        } finally {
            if (slot < 0) {
                shortages = shortages + 1; // this thread alone writes it
                endUse();
            }
        }
        if (slot >= 0) {
            isClaimed[slot] = true;
            claims++;
        }
        return slot;
    }

    private int tryBeginWrite() {
        for (int i = 0; i < slotCount; i++) {
            int slot = next;
            next = slot + 1 == slotCount ? 0 : slot + 1;
            boolean isFree = held.get(slot) == 0 && (loans == null || !loans.isExpected(slot));
            if (isFree && slots.tryBeginWrite(slot)) {
                return slot;
            }
        }
        return -1;
    }

    /** The buffer of a claimed slot. */
    MutableDirectBuffer buffer(int slot) {
        checkClaimed(slot);
        return slotBuffers[slot];
    }

    /**
     * The buffer of a claimed slot: the same object each time, with position 0 and its limit at the end of the slot.
     */
    ByteBuffer byteBuffer(int slot) {
        checkClaimed(slot);
        return slotBytes[slot].clear();
    }

    private void checkClaimed(int slot) {
        if (!isClaimed[slot]) {
            throw new IllegalStateException("slot " + slot + " of pool " + poolId + " is not claimed");
        }
    }

    /**
     * Holds a claimed slot, which is neither used again nor unmapped before the hold is closed. The publishing thread.
     *
     * @return null if half of the slots are held already, or this one is.
     */
    ClaimHold tryHold(int slot) {
        checkClaimed(slot);
        int count = 0;
        for (int i = 0; i < slotCount; i++) {
            count += held.get(i);
        }
        if (count >= PoolLayout.maxRetained(slotCount) || held.get(slot) != 0 || !uses.tryAcquire()) {
            return null;
        }
        held.set(slot, 1);
        AtomicBoolean isClosed = new AtomicBoolean();
        return () -> {
            if (isClosed.compareAndSet(false, true)) {
                held.set(slot, 0);
                endUse();
            }
        };
    }

    /** Completes the frame in a claimed slot, which is readable from now on. */
    void endWrite(int slot, long sequence) {
        checkClaimed(slot);
        if (loans != null) {
            loans.lend(slot);
        }
        slots.endWrite(slot, sequence);
        control.putLongRelease(PoolLayout.NEXT_SEQUENCE_OFFSET, sequence + 1);
    }

    /** Ends a claim after its message has been sent, up to a position of the stream. */
    void sent(int slot, long position) {
        checkClaimed(slot);
        if (loans != null) {
            loans.sent(slot, position);
        }
        endClaim(slot);
    }

    /** Ends a claim whose frame is not sent. Does nothing if there is no claim. */
    void cancel(int slot) {
        if (!isClaimed[slot]) {
            return;
        }
        slots.abortWrite(slot);
        if (loans != null) {
            slots.release(slot, ~0L);
            loans.cancelled(slot);
        }
        next = slot;
        endClaim(slot);
    }

    private void endClaim(int slot) {
        isClaimed[slot] = false;
        claims--;
        endUse();
    }

    private void endUse() {
        if (uses.release()) {
            unmap();
        }
    }

    /**
     * Wakes the subscribers that sleep until something arrives. Costs no system call if none sleeps. Does nothing once
     * the pool is closed, unless a claim is open. The publishing thread.
     *
     * <p>The increment is sequentially consistent and precedes the check for waiting members. A member sets its waiting
     * bit before it checks whether the number has changed. So at least one of the two sees the other.
     */
    void signal() {
        if (claims > 0) {
            ring();
        } else if (uses.tryAcquire()) {
            try {
                ring();
            } finally {
                endUse();
            }
        }
    }

    private void ring() {
        control.getAndAddInt(PoolLayout.SIGNAL_OFFSET, 1);
        if (control.getLongVolatile(PoolLayout.WAITING_OFFSET) != 0) {
            FUTEX.wakeAll(control.addressOffset() + PoolLayout.SIGNAL_OFFSET);
        }
    }

    /**
     * Evicts members without keepalives, frees the entries of processes that have ended, and reports members that have
     * held slots for five seconds while the publication found none free, at most every five seconds. Reads counters,
     * files and {@code /proc}: for a thread that carries no frames, one at a time, about ten times a second, where the
     * driver's counters may be read. Does nothing once the pool is closed. If the pool is closed meanwhile, this thread
     * unmaps it.
     *
     * @param nowNs the present time of {@link System#nanoTime()}.
     */
    void lookAfterMembers(long nowNs) {
        if (!uses.tryAcquire()) {
            return;
        }
        List<String> reports;
        try {
            CountersReader reader = owner.counters().reader();
            if (reader != null) {
                members.check(reader, owner.counters().isDriverUp());
            }
            reports = holders.look(nowNs, shortages);
        } finally {
            endUse();
        }
        for (String report : reports) {
            owner.errorHandler()
                    .onError(new FrameTransportException(
                            FrameTransportException.Reason.REPORT,
                            "stream '" + owner.stream() + "': " + report
                                    + (owner.isLossless() ? ", and the publication waits" : ", and frames are dropped")
                                    + " for lack of a slot"));
        }
    }

    /** Removes the file, but not the memory, which another thread may be writing. Any thread. */
    void abandon() {
        file.close();
    }

    /**
     * Removes the file and hands out no more slots. The thread that ends the last claim unmaps the memory. Members that
     * have mapped the file keep what they hold. Any thread; does not wait; closing twice does nothing.
     */
    @Override
    public void close() {
        if (uses.close()) {
            unmap();
        }
        file.close();
    }

    /** Unmaps the memory, which nobody uses any more. Called once, by the thread that {@link UseCount} selects. */
    private void unmap() {
        for (int slot = 0; slot < slotCount; slot++) {
            slotBuffers[slot].wrap(0, 0);
            BufferUtil.free(slotBytes[slot]);
        }
        control.wrap(0, 0);
        BufferUtil.free(controlBytes);
    }
}
