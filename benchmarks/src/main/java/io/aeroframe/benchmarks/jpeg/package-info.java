/**
 * {@code bench jpeg} and its JMH benchmark: what JPEG costs with each library.
 */
package io.aeroframe.benchmarks.jpeg;
