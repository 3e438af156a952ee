/**
 * Runs: child processes that write and read frames, and the figures that their reports make.
 */
package io.aeroframe.benchmarks.measurement;
