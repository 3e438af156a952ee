/**
 * Senders and receivers of frames over Aeroframe and plain Aeron.
 */
package io.aeroframe.benchmarks.paths;
