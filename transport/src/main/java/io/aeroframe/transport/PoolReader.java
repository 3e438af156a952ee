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
 * A subscriber's side of a pool: the mapped file, this subscription's membership, and the slots that it holds.
 *
 * <p>The polling thread borrows slots and returns them. Leases from {@link Frame#retain()} are closed on any thread,
 * under this object's lock. A slot's lease bit is set while the slot is borrowed or has open leases. A subscription may
 * leave the pool while a frame is borrowed, because a larger pool replaces it. The bits of slots in use then stay set,
 * and the memory is unmapped when the last of them is returned.
 *
 * <p>The frame path takes no lock: until the subscription leaves, only the polling thread uses the borrowed state.
 * {@link #leave()} publishes that state under the lock, and from then on it changes only under the lock.
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

    /** The open leases of each slot. Only the polling thread raises it from 0, so it may read a 0 without the lock. */
    private final int[] holds;

    /** The slots that frames have borrowed. Guarded by the lock once a slot has leases, and after leaving. */
    private final boolean[] isBorrowed;

    private int borrowedSlots;

    private int retainedSlots;
    private int openLeases;
    private int revocations;
    private long joinSequence;

    /** This subscription's entry; null if it is not a member. */
    private PoolMembers.Place place;

    private long bit;
    private boolean hasLeft;
    private boolean isUnmapped;

    /**
     * Identifies a member of a pool.
     *
     * @param clientId           the id of the Aeron client.
     * @param heartbeatCounterId the id of the client's heartbeat counter.
     * @param subscriptionId     the registration id of the Aeron subscription.
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
                throw new IOException(isKnown ? "it belongs to another stream" : "it is not a pool of this version");
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
     * @return the pool; null if it does not exist any more.
     * @throws FrameTransportException if it cannot be used, or already has the most members.
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
                    FrameTransportException.Reason.POOL,
                    "stream '" + stream + "': its pool cannot be used: " + ex.getMessage()
                            + "; a publication that is not pooled needs none",
                    ex);
        }
        if (pool != null && !pool.join()) {
            pool.unmap();
            throw new FrameTransportException(
                    FrameTransportException.Reason.TOO_MANY_SUBSCRIBERS,
                    "stream '" + stream + "': its pool has " + PoolLayout.MAX_MEMBERS
                            + " subscribers, which is the limit; a publication that is not pooled has none");
        }
        return pool;
    }

    private boolean join() {
        place = members.join(membership.clientId(), membership.heartbeatCounterId(), membership.subscriptionId());
        bit = place == null ? 0 : place.bit();
        // Read after joining: the publisher of any later frame has seen this member.
        joinSequence = control.getLongVolatile(PoolLayout.NEXT_SEQUENCE_OFFSET);
        return place != null;
    }

    PoolSlots slots() {
        return slots;
    }

    long poolId() {
        return poolId;
    }

    boolean fits(int slot, int payloadLength) {
        return slot >= 0 && slot < slotBuffers.length && payloadLength <= slotLength;
    }

    /**
     * Whether a missing frame counts as an overrun. With a lossless publication, a frame counts only if it was
     * published after this subscription joined.
     */
    boolean isSinceJoin(long sequence) {
        return !isLossless || sequence > joinSequence;
    }

    DirectBuffer buffer(int slot) {
        return slotBuffers[slot];
    }

    /** The whole slot, read-only. One object per slot, for the polling thread. */
    ByteBuffer byteBuffer(int slot) {
        return slotBytes[slot];
    }

    /**
     * Polling thread: borrows a slot for a frame.
     *
     * @return false if the slot does not hold the frame, or this subscription has left.
     */
    boolean tryBorrow(int slot, long sequence) {
        if (hasLeft || isBorrowed[slot]) {
            return false; // a second descriptor for a borrowed slot is forged
        }
        if (!slots.tryLease(slot, bit, sequence)) {
            return false;
        }
        if (!members.isActive(place)) {
            slots.release(slot, bit); // evicted: the bit is still ours, so clear it
            return false;
        }
        isBorrowed[slot] = true;
        borrowedSlots++;
        assert borrowedSlots <= isBorrowed.length;
        return true;
    }

    /** Polling thread: returns a borrowed slot. Open leases keep it leased. After leaving, the last return unmaps. */
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
     * @return the lease; null if this subscription, or all of them together, already retain the most slots allowed.
     */
    synchronized SlotLease tryRetain(int slot, FrameView frame) {
        assert isBorrowed[slot] : "only a borrowed frame can be retained";
        assert (slots.leases(slot) & bit) != 0 || !members.isActive(place) : "a borrowed slot is leased";
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
     * Any thread: another lease on a slot that has one.
     *
     * @throws LeaseRevokedException if the lease has been revoked.
     */
    synchronized SlotLease retainAgain(SlotLease held) {
        held.frame(); // checked under the lock: another thread may close it, or this subscription rejoin, until then
        return lease(held.slot(), held);
    }

    private SlotLease lease(int slot, FrameView frame) {
        SlotLease lease = new SlotLease(this, slot, frame, revocations);
        holds[slot]++;
        openLeases++;
        return lease;
    }

    /** Any thread: closes a lease. */
    synchronized void close(SlotLease lease) {
        if (!lease.tryEnd()) {
            return;
        }
        openLeases--;
        assert openLeases >= 0;
        int slot = lease.slot();
        if (lease.revocations() == revocations && --holds[slot] == 0) {
            retainedSlots--;
            slots.endRetain(slot, bit);
            releaseIfFree(slot);
        }
        unmapIfDone();
    }

    /** Any thread: whether a lease is still valid, that is, the publisher has not revoked its memory since. */
    synchronized boolean isValid(int atRevocations) {
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
     * Polling thread: joins again after an eviction, which revokes all leases. No slot may be borrowed.
     *
     * @return false if the pool has no free entry now.
     */
    synchronized boolean rejoin() {
        assert borrowedSlots == 0 : "a borrowed frame would lose its lease";
        revocations++;
        Arrays.fill(holds, 0);
        retainedSlots = 0;
        members.leave(place);
        members.giveBack(place);
        return join();
    }

    /** Polling thread: leaves. Borrowed and leased slots stay valid until they are returned. */
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
        assert openLeases == 0 && borrowedSlots == 0 : "nothing reads the memory";
        isUnmapped = true;
        for (int slot = 0; slot < slotBuffers.length; slot++) {
            slotBuffers[slot].wrap(0, 0);
            BufferUtil.free(slotBytes[slot]);
        }
        control.wrap(0, 0);
        BufferUtil.free(controlBytes);
    }

    // ---- sleeping until the publisher signals: the polling thread, inside the gate of its subscription

    /** The address of the futex word, valid until this subscription leaves. */
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
