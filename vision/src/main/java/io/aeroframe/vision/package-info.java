/**
 * Frames as pixels: {@link io.aeroframe.vision.Mats} views them as OpenCV Mats without a copy, and {@link
 * io.aeroframe.vision.DecodedFrames} decodes those that are compressed. {@link io.aeroframe.vision.OpenCv} loads OpenCV
 * for programs that call it before they have a Mat.
 */
package io.aeroframe.vision;
