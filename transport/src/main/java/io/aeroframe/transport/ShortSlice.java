package io.aeroframe.transport;

import com.sun.jna.Platform;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Asks Linux for short time slices for the calling thread (sched_setattr(2)). Since Linux 6.12, a thread with a short
 * slice that wakes up runs at once, ahead of a thread with a longer one that is in the middle of it, such as a video
 * decoder's. Its share of the processor stays the same. Older kernels accept the call and ignore it.
 */
final class ShortSlice {

    /** The shortest that Linux allows. */
    static final long SLICE_NS = 100_000;

    private static final long SET = Platform.isARM() ? 274 : 314;
    private static final long GET = Platform.isARM() ? 275 : 315;

    /** struct sched_attr: size and policy (u32), flags (u64), nice (s32), priority (u32), runtime and more (u64). */
    private static final int LENGTH = 56;

    private static final int SIZE_OFFSET = 0;
    private static final int POLICY_OFFSET = 4;
    private static final int RUNTIME_OFFSET = 24;

    /** SCHED_OTHER, the policy of threads for which nobody has chosen another. */
    private static final int OTHER = 0;

    private ShortSlice() {}

    /** Requests short slices. Has no effect where the system does not know or refuses them: they are not essential. */
    static void request(Futex.Calls calls) {
        UnsafeBuffer attributes = attributes(calls);
        if (attributes != null && attributes.getInt(POLICY_OFFSET) == OTHER) {
            attributes.putLong(RUNTIME_OFFSET, SLICE_NS);
            calls.call(SET, 0, attributes.addressOffset(), 0, 0, 0);
        }
    }

    /** The slice of the calling thread in nanoseconds; 0 if the system does not report one. */
    static long currentNs(Futex.Calls calls) {
        UnsafeBuffer attributes = attributes(calls);
        return attributes == null ? 0 : attributes.getLong(RUNTIME_OFFSET);
    }

    private static UnsafeBuffer attributes(Futex.Calls calls) {
        UnsafeBuffer attributes = new UnsafeBuffer(BufferUtil.allocateDirectAligned(LENGTH, Long.BYTES));
        attributes.putInt(SIZE_OFFSET, LENGTH);
        return calls.call(GET, 0, attributes.addressOffset(), LENGTH, 0, 0) == -1 ? null : attributes;
    }
}
