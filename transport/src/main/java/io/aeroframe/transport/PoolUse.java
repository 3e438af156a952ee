package io.aeroframe.transport;

/**
 * How much of a pool is in use.
 *
 * @param slots      the number of slots.
 * @param slotLength the length of each in bytes.
 * @param held       the slots that subscribers hold at the moment.
 * @param retained   those of them that are retained past a handler.
 * @param members    the subscribers that have joined.
 */
public record PoolUse(int slots, long slotLength, int held, int retained, int members) {}
