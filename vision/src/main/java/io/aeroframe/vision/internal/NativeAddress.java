package io.aeroframe.vision.internal;

import java.nio.Buffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A pointer of JavaCPP whose address can be set, so that native calls take any memory without a new object and without
 * a copy. Owns no memory. One thread at a time.
 */
public final class NativeAddress extends BytePointer {

    /** A pointer to nothing yet. After {@link Ffmpeg#load()}, which says where JavaCPP unpacks its libraries. */
    public NativeAddress() {
        super((Pointer) null);
    }

    /** The address of the first byte of a direct buffer, whatever its position. */
    static long of(Buffer buffer) {
        return getDirectBufferAddress(buffer);
    }

    /**
     * Points elsewhere.
     *
     * @param value an address that is valid for as long as it is used through this.
     * @return this.
     */
    public NativeAddress at(long value) {
        address = value;
        return this;
    }

    /**
     * Points at the first byte of a direct buffer, whatever its position.
     *
     * @param buffer which must outlive what is done through this.
     * @return this.
     */
    public NativeAddress at(Buffer buffer) {
        return at(of(buffer));
    }
}
