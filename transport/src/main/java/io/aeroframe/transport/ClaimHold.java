package io.aeroframe.transport;

/**
 * Keeps the memory of a claim past its end, see {@link FrameClaim#tryHold()}. Close it on any thread; closing twice
 * does nothing.
 */
@FunctionalInterface
public interface ClaimHold extends AutoCloseable {

    /** Lets the memory be used again, or unmapped. */
    @Override
    void close();
}
