/**
 * Figures, and how they are printed: as tables, as JSON, with the machine that they were measured on.
 */
package io.aeroframe.benchmarks.report;
