/**
 * {@code bench video}: how fast the frames of a video file reach another process.
 */
package io.aeroframe.benchmarks.video;
