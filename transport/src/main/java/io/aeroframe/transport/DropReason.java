package io.aeroframe.transport;

/** Why a publication dropped a frame. */
public enum DropReason {
    /** No subscriber was connected. */
    NO_SUBSCRIBER,
    /** Subscribers held every slot of the pool. */
    NO_SLOT,
    /** The slowest subscriber had not made room. */
    BACK_PRESSURE,
    /** The source lost it before it could offer it, see {@link FramePublication#skip(long)}. */
    AT_SOURCE
}
