package io.aeroframe.apps.python;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Memory of Python's as Java sees it. */
final class NativeBuffers {

    private NativeBuffers() {}

    /** A direct buffer over memory, which must stay where it is while the buffer is used. */
    static ByteBuffer of(long address, int length) {
        return new Pointer(address).getByteBuffer(0, length);
    }
}
