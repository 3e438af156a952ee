/**
 * Frames as OpenCV Mats, without a copy: {@link io.aeroframe.vision.Mats}. {@link io.aeroframe.vision.OpenCv} loads
 * OpenCV for programs that call it before they have a Mat.
 */
package io.aeroframe.vision;
