/**
 * The Python interpreters of this machine, and the scripts of {@code benchmarks/peers} that they run.
 */
package io.aeroframe.benchmarks.python;
