package io.aeroframe.vision.internal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Memory of native code as Java sees it. Any thread. */
public final class NativeMemory {

    static {
        try {
            Ffmpeg.prepare(); // JavaCPP reads it when its first class is used
        } catch (IOException e) {
            throw new IllegalStateException("JavaCPP cannot be loaded: " + e.getMessage(), e);
        }
    }

    private NativeMemory() {}

    /**
     * Memory as a direct byte buffer, in place. The buffer does not keep the memory: it must not be used once the owner
     * has given it back.
     *
     * @param address the address of the first byte.
     * @param length  the length in bytes, 1 or more.
     * @return a buffer from position 0 to the length.
     */
    public static ByteBuffer bytes(long address, int length) {
        NativeAddress pointer = new NativeAddress().at(address);
        pointer.capacity(length);
        return pointer.asByteBuffer();
    }
}
