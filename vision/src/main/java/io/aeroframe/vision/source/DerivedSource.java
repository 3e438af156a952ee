package io.aeroframe.vision.source;

import org.agrona.DirectBuffer;

/** A source whose frames are made of another's: time, rate, description and end are the other's. */
abstract class DerivedSource implements FrameSource {

    /** The source behind this one; closed with it. */
    final FrameSource raw;

    DerivedSource(FrameSource raw) {
        this.raw = raw;
    }

    @Override
    public final long presentationTimeNs() {
        return raw.presentationTimeNs();
    }

    @Override
    public final long durationNs() {
        return raw.durationNs();
    }

    @Override
    public final long captureTimeNs() {
        return raw.captureTimeNs();
    }

    @Override
    public final DirectBuffer metadata() {
        return raw.metadata();
    }

    @Override
    public final long lost() {
        return raw.lost();
    }

    @Override
    public final long superseded() {
        return raw.superseded();
    }

    @Override
    public final long torn() {
        return raw.torn();
    }

    @Override
    public final long decodeErrors() {
        return raw.decodeErrors();
    }

    @Override
    public final double framesPerSecond() {
        return raw.framesPerSecond();
    }

    @Override
    public final boolean isLive() {
        return raw.isLive();
    }

    @Override
    public final String describe() {
        return raw.describe();
    }

    @Override
    public final void interrupt() {
        raw.interrupt();
    }
}
