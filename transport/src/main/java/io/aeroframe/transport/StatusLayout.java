package io.aeroframe.transport;

/**
 * Where things lie in the status file of a publication or a subscription. All numbers are in the byte order of the
 * host, all offsets in bytes.
 *
 * <pre>
 *        0  magic, version, kind, process, flags, stream, library and channel: written once, the magic last
 *     2048  numbers: a version that is odd while they change, and 64 longs
 *     4096  how many frames had each latency: a long a bucket
 *    12288  recent frames: a ring of 64 bytes each
 * </pre>
 */
final class StatusLayout {

    static final long MAGIC = 0x3130535554534641L; // "AFSTUS01" in little-endian order
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int KIND_OFFSET = 12;
    static final int PROCESS_OFFSET = 16;
    static final int MADE_TIME_OFFSET = 24;
    static final int FLAGS_OFFSET = 32;

    /** An int, and as many bytes of UTF-8. */
    static final int STREAM_OFFSET = 64;

    /** An int, and as many bytes of UTF-8: the version of the library. */
    static final int LIBRARY_OFFSET = 384;

    static final int MAX_LIBRARY_BYTES = 64;

    static final int CHANNEL_OFFSET = 512;
    static final int MAX_CHANNEL_BYTES = 1024;

    static final int FLAG_LOSSLESS = 1;
    static final int FLAG_POOLED = 2;
    static final int FLAG_LATEST = 4;

    static final int NUMBERS_VERSION_OFFSET = 2048;

    /** How many frames have been noted in the ring. */
    static final int FRAME_COUNT_OFFSET = NUMBERS_VERSION_OFFSET + 8;

    static final int BYTES_OFFSET = NUMBERS_VERSION_OFFSET + 16;

    /** Of the publication, or of the one that the subscription follows. */
    static final int PUBLICATION_OFFSET = NUMBERS_VERSION_OFFSET + 24;

    static final int STATE_OFFSET = NUMBERS_VERSION_OFFSET + 32;
    static final int POOL_OFFSET = NUMBERS_VERSION_OFFSET + 40;

    /** 1 plus the number of copies that the application makes; 0 if it has not said. */
    static final int COPIES_OFFSET = NUMBERS_VERSION_OFFSET + 48;

    /** Ints: width, height, stride, pixel format, encoding, color, sample width and height. Width 0: there is none. */
    static final int FORMAT_OFFSET = NUMBERS_VERSION_OFFSET + 64;

    /** The ledger, in the order of its names. */
    static final int LEDGER_OFFSET = NUMBERS_VERSION_OFFSET + 128;

    static final int MAX_LEDGER = 16;

    static final int LATENCIES_OFFSET = 4096;

    static final int RING_OFFSET = 12_288;
    static final int RING_LENGTH = 512;
    static final int ENTRY_LENGTH = 64;

    static final int ENTRY_SEQUENCE = 0;

    /** By the host's monotonic clock: when it was published, or delivered. */
    static final int ENTRY_TIME = 8;

    /** From publishing to delivery; -1 if unknown. */
    static final int ENTRY_LATENCY = 16;

    static final int ENTRY_CAPTURE_TIME = 24;
    static final int ENTRY_LENGTH_OF_PAYLOAD = 32;

    static final int FILE_LENGTH = RING_OFFSET + RING_LENGTH * ENTRY_LENGTH;

    /** What the names of status files begin with. */
    static final String FILE_PREFIX = "status-";

    private StatusLayout() {}

    static int entryOffset(long index) {
        return RING_OFFSET + (int) (index % RING_LENGTH) * ENTRY_LENGTH;
    }

    static String fileName(long id) {
        return FILE_PREFIX + String.format("%016x", id);
    }

    /** The id in the name of a file; of another file, 0. */
    static long id(String fileName) {
        String digits = fileName.substring(FILE_PREFIX.length());
        return digits.matches("[0-7][0-9a-f]{15}") ? Long.parseLong(digits, 16) : 0;
    }
}
