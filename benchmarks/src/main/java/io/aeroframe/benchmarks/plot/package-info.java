/**
 * {@code bench plot}: charts of what the other commands measured.
 */
package io.aeroframe.benchmarks.plot;
