/**
 * Commands that measure Aeroframe alone or beside plain Aeron, and the limits of the machine.
 */
package io.aeroframe.benchmarks.commands;
