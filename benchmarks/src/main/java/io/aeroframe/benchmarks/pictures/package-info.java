/**
 * The pictures that are sent, and the JPEG codec at either end of a stream.
 */
package io.aeroframe.benchmarks.pictures;
