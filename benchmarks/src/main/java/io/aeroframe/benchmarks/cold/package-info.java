/** {@code bench latency --cold}: latencies of processes that have just started, at a camera's pace. */
package io.aeroframe.benchmarks.cold;
