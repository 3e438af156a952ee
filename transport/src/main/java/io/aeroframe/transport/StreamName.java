package io.aeroframe.transport;

import java.nio.charset.StandardCharsets;

/**
 * The name of a stream.
 *
 * <p>It maps to an Aeron stream id, so that a publisher and a subscriber need to agree on nothing but the name. The
 * hash is 64-bit FNV-1a over the name's UTF-8 bytes (offset basis 0xcbf29ce484222325, prime 0x100000001b3; Fowler,
 * Noll, Vo, RFC 9923), and the stream id its upper half XOR its lower half, with 1 in place of 0. Every message
 * carries the 64-bit hash, which tells two names with the same stream id apart.
 *
 * @param value 1 to {@value #MAX_BYTES} bytes of UTF-8, no control characters, no white space at the ends.
 */
public record StreamName(String value) {

    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_BYTES = 255;

    private static final long FNV_OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /**
     * Validates the name.
     *
     * @throws IllegalArgumentException if it is empty, too long, has control characters, or begins or ends with white
     *     space.
     */
    public StreamName {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("the stream name is empty: use one such as camera_A");
        }
        if (!value.strip().equals(value)) {
            throw new IllegalArgumentException("stream name '" + value + "' begins or ends with white space");
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
     * @return FNV-1a of the UTF-8 bytes.
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
     * @return never 0.
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
