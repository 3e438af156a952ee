/** Frames as OpenCV Mats, without a copy: {@link io.aeroframe.vision.Mats}. */
package io.aeroframe.vision;
