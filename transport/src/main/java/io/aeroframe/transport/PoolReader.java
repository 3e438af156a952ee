package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.internal.SharedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A subscriber's side of a pool: the mapped file, this subscription's membership, and what it holds.
 *
 * <p>The polling thread borrows slots and gives them back; leases that were {@linkplain Frame#retain() retained} are
 * closed on any thread, under this object's lock. A slot's lease bit is set as long as the slot is borrowed or a lease
 * of it is open. When the subscription leaves, which a larger pool may make it do under a borrowed frame, the bits of
 * those slots stay, and the memory is unmapped when the last of them is given back: by then nothing reads it.
 *
 * <p>The lock is not taken on the frame path: as long as the subscription has not left, what is borrowed is the polling
 * thread's business alone. {@link #leave()} publishes it under the lock, and from then on it changes under the lock.
 */
final class PoolReader {

    private final long poolId;
    private final boolean isLossless;
    private final int slotLength;
    private final Membership membership;
    private final MappedByteBuffer controlBytes;
    private final UnsafeBuffer control;
    private final MappedByteBuffer[] slotBytes;
    private final UnsafeBuffer[] slotBuffers;
    private final PoolSlots slots;
    private final PoolMembers members;
    private final int maxRetained;

    /**
     * Open leases of each slot. Only the polling thread makes one of none, so that it need not lock to see that there
     * is none.
     */
    private final int[] holds;

    /**
     * Slots that frames have borrowed. The polling thread's; under the lock where other threads look: of a slot with
     * leases, and after leaving.
     */
    private final boolean[] isBorrowed;

    private int borrowedSlots;

    private int retainedSlots;
    private int openLeases;
    private int revocations;
    private long joinSequence;

    /** Null if this is not a member. */
    private PoolMembers.Place place;

    private long bit;
    private boolean hasLeft;
    private boolean isUnmapped;

    /**
     * Who joins a pool.
     *
     * @param clientId           of the Aeron client.
     * @param heartbeatCounterId of the counter that says it is alive.
     * @param subscriptionId     registration id of the Aeron subscription.
     */
    record Membership(long clientId, int heartbeatCounterId, long subscriptionId) {}

    private PoolReader(FileChannel channel, long poolId, long publicationId, long streamHash, Membership membership)
            throws IOException {
        this.poolId = poolId;
        this.membership = membership;
        long fileLength = channel.size();
        if (fileLength < PoolLayout.slotsOffset(PoolLayout.MIN_SLOTS)) {
            throw new IOException("it is too short for a pool");
        }
        MappedByteBuffer headBytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, PoolLayout.CONTROL_OFFSET);
        int slotCount;
        try {
            UnsafeBuffer head = new UnsafeBuffer(headBytes);
            slotCount = head.getInt(PoolLayout.SLOT_COUNT_OFFSET);
            long length = head.getLong(PoolLayout.SLOT_LENGTH_OFFSET);
            boolean isKnown = head.getLongVolatile(PoolLayout.MAGIC_OFFSET) == PoolLayout.MAGIC
                    && head.getInt(PoolLayout.VERSION_OFFSET) == PoolLayout.VERSION;
            boolean isRight = head.getLong(PoolLayout.POOL_ID_OFFSET) == poolId
                    && head.getLong(PoolLayout.PUBLICATION_ID_OFFSET) == publicationId
                    && head.getLong(PoolLayout.STREAM_HASH_OFFSET) == streamHash;
            if (!isKnown || !isRight) {
                throw new IOException(isKnown ? "it is another stream's pool" : "it is no pool of this version");
            }
            if (slotCount < PoolLayout.MIN_SLOTS
                    || slotCount > PoolLayout.MAX_SLOTS
                    || length < 1
                    || length > Integer.MAX_VALUE
                    || fileLength < PoolLayout.fileLength(slotCount, length)) {
                throw new IOException("slots=" + slotCount + " of " + length + " bytes do not fit its " + fileLength);
            }
            slotLength = (int) length;
            isLossless = (head.getInt(PoolLayout.FLAGS_OFFSET) & PoolLayout.FLAG_LOSSLESS) != 0;
        } finally {
            BufferUtil.free(headBytes);
        }
        controlBytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, PoolLayout.slotsOffset(slotCount));
        control = new UnsafeBuffer(controlBytes);
        slots = new PoolSlots(control, PoolLayout.CONTROL_OFFSET);
        members = new PoolMembers(control, slots, slotCount);
        slotBytes = new MappedByteBuffer[slotCount];
        slotBuffers = new UnsafeBuffer[slotCount];
        holds = new int[slotCount];
        isBorrowed = new boolean[slotCount];
        maxRetained = PoolLayout.maxRetained(slotCount);
        for (int slot = 0; slot < slotCount; slot++) {
            slotBytes[slot] = channel.map(
                    FileChannel.MapMode.READ_ONLY, PoolLayout.slotOffset(slotCount, slotLength, slot), slotLength);
            slotBytes[slot].load();
            slotBuffers[slot] = new UnsafeBuffer(slotBytes[slot]);
        }
    }

    /**
     * Maps a pool and joins it.
     *
     * @return null if there is no such pool any more.
     * @throws FrameTransportException if it cannot be used, or has as many members as it can have.
     */
    static PoolReader attach(
            SharedDirectory directory, StreamName stream, long poolId, long publicationId, Membership membership) {
        PoolReader pool;
        try {
            pool = directory.open(
                    PoolLayout.fileName(poolId),
                    channel -> new PoolReader(channel, poolId, publicationId, stream.hash(), membership));
        } catch (FrameDriverException ex) {
            throw new FrameTransportException(
                    "stream '" + stream + "': its pool cannot be used: " + ex.getMessage()
                            + "; a publisher with --pool off needs none",
                    ex);
        }
        if (pool != null && !pool.join()) {
            pool.unmap();
            throw new FrameTransportException("stream '" + stream + "': its pool has " + PoolLayout.MAX_MEMBERS
                    + " subscribers, and cannot have more; a publisher with --pool off has no limit");
        }
        return pool;
    }

    private boolean join() {
        place = members.join(membership.clientId(), membership.heartbeatCounterId(), membership.subscriptionId());
        bit = place == null ? 0 : place.bit();
        // Read after having joined: a frame of a later sequence is one whose publisher has seen this member.
        joinSequence = control.getLongVolatile(PoolLayout.NEXT_SEQUENCE_OFFSET);
        return place != null;
    }

    PoolSlots slots() {
        return slots;
    }

    long poolId() {
        return poolId;
    }

    boolean takes(int slot, int payloadLength) {
        return slot >= 0 && slot < slotBuffers.length && payloadLength <= slotLength;
    }

    /**
     * Whether a frame that is not there should be: of a lossless publication, one that was published after this
     * subscription joined.
     */
    boolean isSinceJoin(long sequence) {
        return !isLossless || sequence > joinSequence;
    }

    DirectBuffer buffer(int slot) {
        return slotBuffers[slot];
    }

    /** The whole slot, read-only; one object a slot, for the polling thread. */
    ByteBuffer byteBuffer(int slot) {
        return slotBytes[slot];
    }

    /**
     * Polling thread: borrows a slot for a frame.
     *
     * @return false if the frame is not, or no longer, there, or this subscription has left.
     */
    boolean tryBorrow(int slot, long sequence) {
        if (hasLeft || isBorrowed[slot]) {
            return false; // a second descriptor for a slot that is in use is a forged one
        }
        if (!slots.tryLease(slot, bit, sequence)) {
            return false;
        }
        if (!members.isActive(place)) {
            slots.release(slot, bit); // evicted: the bit is still ours to clear
            return false;
        }
        isBorrowed[slot] = true;
        borrowedSlots++;
        return true;
    }

    /** Polling thread: gives a borrowed slot back. Leases that are open keep it. After leaving, the last one unmaps. */
    void giveBack(int slot) {
        if (hasLeft || holds[slot] > 0) {
            giveBackLocked(slot);
        } else if (isBorrowed[slot]) {
            isBorrowed[slot] = false;
            borrowedSlots--;
            slots.release(slot, bit);
        }
    }

    private synchronized void giveBackLocked(int slot) {
        if (isBorrowed[slot]) {
            isBorrowed[slot] = false;
            borrowedSlots--;
            releaseIfFree(slot);
            unmapIfDone();
        }
    }

    private void releaseIfFree(int slot) {
        if (holds[slot] == 0 && !isBorrowed[slot]) {
            slots.release(slot, bit);
        }
    }

    /**
     * Polling thread: keeps the borrowed slot of a frame past its handler.
     *
     * @return null if this subscription, or all of them together, hold as many slots as they may.
     */
    synchronized SlotLease tryRetain(int slot, FrameView frame) {
        assert isBorrowed[slot];
        if (holds[slot] == 0) {
            if (retainedSlots >= maxRetained
                    || !slots.tryRetain(slot, bit, holds.length, PoolLayout.maxRetainedByAll(holds.length))) {
                return null;
            }
            retainedSlots++;
        }
        return lease(slot, frame);
    }

    /**
     * Any thread: another lease on a slot that is held.
     *
     * @throws LeaseRevokedException if it is not held any more.
     */
    synchronized SlotLease retainAgain(SlotLease held) {
        held.frame(); // under the lock: until then it may have been closed, or this subscription have joined anew
        return lease(held.slot(), held);
    }

    private SlotLease lease(int slot, FrameView frame) {
        SlotLease lease = new SlotLease(this, slot, frame, revocations);
        holds[slot]++;
        openLeases++;
        return lease;
    }

    /** Any thread: a lease is closed. */
    synchronized void close(SlotLease lease) {
        if (!lease.tryEnd()) {
            return;
        }
        openLeases--;
        int slot = lease.slot();
        if (lease.revocations() == revocations && --holds[slot] == 0) {
            retainedSlots--;
            slots.endRetain(slot, bit);
            releaseIfFree(slot);
        }
        unmapIfDone();
    }

    /** Any thread: whether a lease taken at a time is still good: the publisher has not taken the memory back. */
    synchronized boolean isGood(int atRevocations) {
        return atRevocations == revocations && (isUnmapped || members.isActive(place));
    }

    int revocations() {
        return revocations;
    }

    /** Polling thread: whether the publisher has evicted this member. */
    boolean isEvicted() {
        return place != null && !members.isActive(place);
    }

    /**
     * Polling thread: after an eviction, joins again. All leases are revoked, and nothing may be borrowed.
     *
     * @return false if there is no room for another member now.
     */
    synchronized boolean rejoin() {
        assert borrowedSlots == 0;
        revocations++;
        Arrays.fill(holds, 0);
        retainedSlots = 0;
        members.leave(place);
        members.giveBack(place);
        return join();
    }

    /** Polling thread: leaves. What is borrowed or leased stays good until it is given back. */
    synchronized void leave() {
        if (!hasLeft) {
            hasLeft = true;
            if (place != null) {
                members.leave(place);
                for (int slot = 0; slot < holds.length; slot++) {
                    releaseIfFree(slot);
                }
            }
            unmapIfDone();
        }
    }

    private void unmapIfDone() {
        if (hasLeft && openLeases == 0 && borrowedSlots == 0 && !isUnmapped) {
            if (place != null) {
                members.giveBack(place);
            }
            unmap();
        }
    }

    private void unmap() {
        isUnmapped = true;
        for (int slot = 0; slot < slotBuffers.length; slot++) {
            slotBuffers[slot].wrap(0, 0);
            BufferUtil.free(slotBytes[slot]);
        }
        control.wrap(0, 0);
        BufferUtil.free(controlBytes);
    }

    // ---- for a thread that sleeps until the publisher signals: the polling thread, inside the gate of its
    // subscription

    /** The address of the futex word. For as long as this subscription has not left. */
    long signalAddress() {
        return control.addressOffset() + PoolLayout.SIGNAL_OFFSET;
    }

    int signal() {
        return control.getIntVolatile(PoolLayout.SIGNAL_OFFSET);
    }

    void setWaiting(boolean isWaiting) {
        if (place != null && !hasLeft) {
            members.setWaiting(place, isWaiting);
        }
    }
}
