/**
 * JPEG codecs from frame memory to frame memory. {@link io.aeroframe.vision.jpeg.JpegCodecs} chooses the fastest one
 * that this machine has.
 */
package io.aeroframe.vision.jpeg;
