/**
 * Measurements of Aeroframe on one machine. {@link io.aeroframe.benchmarks.Bench} is the command {@code bench}; each
 * package below is about one purpose.
 */
package io.aeroframe.benchmarks;
