/**
 * Sinks of frames: a window, video files, pictures, digests. Open one with
 * {@link io.aeroframe.vision.sink.FrameSinks}.
 */
package io.aeroframe.vision.sink;
