/**
 * What the processes of a measurement have in common: the schedule they keep, the loops that write and read frames,
 * what they record, and how they report it to the process that started them.
 */
package io.aeroframe.benchmarks.harness;
