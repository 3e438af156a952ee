/**
 * Video frames between processes. {@link io.aeroframe.transport.Aeroframe} connects to a host's media driver and adds
 * publications and subscriptions.
 *
 * <p>A {@link io.aeroframe.transport.FramePublication} hands out {@linkplain io.aeroframe.transport.FrameClaim claims}
 * of memory to draw into. A {@link io.aeroframe.transport.FrameSubscription} delivers {@linkplain
 * io.aeroframe.transport.Frame frames} to a {@link io.aeroframe.transport.FrameHandler}. The {@linkplain
 * io.aeroframe.transport.PublicationLedger ledgers} of both sides account for every frame.
 */
package io.aeroframe.transport;
