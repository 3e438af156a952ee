package io.aeroframe.transport;

/**
 * The memory that the frames of one subscription are assembled in. One reader after another uses it, so publications
 * that come and go, and sessions that a peer opens, need no more memory. The polling thread.
 */
final class FrameAssemblies implements AutoCloseable {

    private final HostIdentity host;
    private final FrameCopies leases;
    private final FrameAssembly first;
    private final FrameAssembly second;

    FrameAssemblies(HostIdentity host, FrameCopies leases) {
        this.host = host;
        this.leases = leases;
        first = new FrameAssembly(host, leases);
        second = new FrameAssembly(host, leases);
    }

    /** This host. */
    HostIdentity host() {
        return host;
    }

    /** The first assembly, emptied; the previous reader must no longer use it. */
    FrameAssembly first() {
        first.reset();
        return first;
    }

    /** The second assembly, for a reader that holds one frame while it assembles the next. */
    FrameAssembly second() {
        second.reset();
        return second;
    }

    /** Frees the memory. No frame may be in use; leases have copies. */
    @Override
    public void close() {
        first.close();
        second.close();
        leases.close();
    }
}
