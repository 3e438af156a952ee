/** Values of options that the command line and the benchmarks share. */
package io.aeroframe.apps.options;
