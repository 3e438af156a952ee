/**
 * {@code bench peers}: Aeroframe beside the means that people use today.
 */
package io.aeroframe.benchmarks.peers;
