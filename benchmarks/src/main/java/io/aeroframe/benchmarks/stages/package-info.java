/**
 * {@code bench stages}: where the time of a frame goes between its source and a screen.
 */
package io.aeroframe.benchmarks.stages;
