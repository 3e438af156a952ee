/**
 * Sources of frames: cameras, video files and addresses, pictures, a test pattern. Open one with
 * {@link io.aeroframe.vision.source.FrameSources}.
 */
package io.aeroframe.vision.source;
