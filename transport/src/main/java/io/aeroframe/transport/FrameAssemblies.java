package io.aeroframe.transport;

/**
 * The memory that the frames of one subscription are put together in, whichever publication they come from: one
 * reader after the other uses it, so that publications that come and go, and sessions that a peer opens, take no
 * more. The polling thread's.
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

    /** With nothing in it; a reader before has no more use for it. */
    FrameAssembly first() {
        first.reset();
        return first;
    }

    /** For a reader that holds a frame back while it puts the next one together. */
    FrameAssembly second() {
        second.reset();
        return second;
    }

    /** Frees the memory. No frame is looked at any more: leases have copied theirs. */
    @Override
    public void close() {
        first.close();
        second.close();
        leases.close();
    }
}
