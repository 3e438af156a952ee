/**
 * JMH benchmarks of the transport, and {@code bench jmh}, which runs all JMH benchmarks of this module.
 */
package io.aeroframe.benchmarks.jmh;
