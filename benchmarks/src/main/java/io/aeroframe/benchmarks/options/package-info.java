/**
 * What a measurement is asked for: command-line options, and the {@link io.aeroframe.benchmarks.options.Plan} that they
 * make.
 */
package io.aeroframe.benchmarks.options;
