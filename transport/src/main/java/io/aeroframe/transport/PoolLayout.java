package io.aeroframe.transport;

import org.agrona.BitUtil;

/**
 * Where things lie in a pool file. All numbers are in the byte order of the host, all offsets in bytes.
 *
 * <pre>
 *        0  magic, version, shape of the pool, whose it is: written once, the magic last
 *      128  signal (int), next sequence (long): written by the publisher at each frame
 *      256  waiting (long): a bit a member that sleeps
 *      384  members (long): a bit a member
 *      512  64 entries of 64 bytes: the members
 *     4608  control words, 128 bytes a slot: sequence (long), leases and retained (long, a bit a member)
 *     ....  slots, each a whole number of pages, from {@link #slotsOffset(int)}
 * </pre>
 */
final class PoolLayout {

    static final long MAGIC = 0x31304C4F4F504641L; // "AFPOOL01" in little-endian order
    static final int VERSION = 2;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int SLOT_COUNT_OFFSET = 12;
    static final int SLOT_LENGTH_OFFSET = 16;
    static final int POOL_ID_OFFSET = 24;
    static final int PUBLICATION_ID_OFFSET = 32;
    static final int STREAM_HASH_OFFSET = 40;
    static final int FLAGS_OFFSET = 48;

    /** The publisher sets the leases of all members before it sends a frame's descriptor. */
    static final int FLAG_LOSSLESS = 1;

    static final int SIGNAL_OFFSET = 128;
    static final int NEXT_SEQUENCE_OFFSET = 136;
    static final int WAITING_OFFSET = 256;
    static final int MEMBERS_OFFSET = 384;

    static final int ENTRIES_OFFSET = 512;
    static final int ENTRY_LENGTH = 64;
    static final int MAX_MEMBERS = 64;

    static final int CONTROL_OFFSET = ENTRIES_OFFSET + MAX_MEMBERS * ENTRY_LENGTH;

    /** Two cache lines: the processor fetches them in pairs. Both words share one, as both sides use both. */
    static final int CONTROL_LENGTH = 128;

    static final int PAGE_LENGTH = 4096;

    static final int MIN_SLOTS = 3;
    static final int MAX_SLOTS = 256;

    /** Slots that the members leave unretained among themselves: one that is written, and two that are being read. */
    private static final int RESERVED_SLOTS = 3;

    private PoolLayout() {}

    /** How many slots one member may retain: half of them. */
    static int maxRetained(int slotCount) {
        return Math.max(1, slotCount / 2);
    }

    /**
     * How many slots all members together may retain: all but three, or half of a pool that has fewer than six. So one
     * member can always have its half, and the publisher and the handlers always have slots that go round: 2 of 3 or 4,
     * 3 of more.
     */
    static int maxRetainedByAll(int slotCount) {
        return Math.max(maxRetained(slotCount), slotCount - RESERVED_SLOTS);
    }

    /** Where the first slot begins, and the control part ends. */
    static int slotsOffset(int slotCount) {
        return BitUtil.align(CONTROL_OFFSET + slotCount * CONTROL_LENGTH, PAGE_LENGTH);
    }

    static long slotOffset(int slotCount, long slotLength, int slot) {
        return slotsOffset(slotCount) + slot * slotLength;
    }

    static long fileLength(int slotCount, long slotLength) {
        return slotOffset(slotCount, slotLength, slotCount);
    }

    /** Bytes of a slot that takes frames of so many bytes. */
    static long slotLength(long maxPayloadLength) {
        return BitUtil.align(maxPayloadLength, PAGE_LENGTH);
    }

    static String fileName(long poolId) {
        return "pool-" + String.format("%016x", poolId);
    }
}
