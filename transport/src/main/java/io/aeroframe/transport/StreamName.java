package io.aeroframe.transport;

import java.nio.charset.StandardCharsets;

/**
 * The name of a stream.
 *
 * <p>The name determines the Aeron stream id, so publisher and subscriber need to agree only on the name. The hash is
 * 64-bit FNV-1a over the name's UTF-8 bytes (offset basis 0xcbf29ce484222325, prime 0x100000001b3; Fowler, Noll, Vo,
 * RFC 9923). The stream id is the hash's upper half XOR its lower half, with 1 in place of 0. Every message carries the
 * 64-bit hash, which distinguishes two names that share a stream id.
 *
 * @param value the name: 1 to {@value #MAX_BYTES} bytes of UTF-8, without control characters, and without white space
 *     at either end.
 */
public record StreamName(String value) {

    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_BYTES = 255;

    private static final long FNV_OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /**
     * Validates the name.
     *
     * @param value the name.
     * @throws IllegalArgumentException if it is null, empty or too long, contains control characters, or starts or ends
     *     with white space.
     */
    public StreamName {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("the stream name is empty: use one such as camera_A");
        }
        if (!value.strip().equals(value)) {
            throw new IllegalArgumentException("stream name '" + value + "' starts or ends with white space");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "stream name '" + value.replaceAll("\\p{Cc}", "?") + "' contains control characters");
        }
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "stream name of " + length + " bytes is over the limit of " + MAX_BYTES + ": shorten it");
        }
    }

    /**
     * The 64-bit hash that every message of the stream carries.
     *
     * @return the FNV-1a hash of the name's UTF-8 bytes.
     */
    public long hash() {
        return hash(value.getBytes(StandardCharsets.UTF_8));
    }

    static long hash(byte[] name) {
        long hash = FNV_OFFSET_BASIS;
        for (byte b : name) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /**
     * The Aeron stream id.
     *
     * @return the stream id, never 0.
     */
    public int streamId() {
        return streamId(hash());
    }

    static int streamId(long hash) {
        int folded = (int) (hash ^ (hash >>> 32));
        return folded == 0 ? 1 : folded;
    }

    @Override
    public String toString() {
        return value;
    }
}
