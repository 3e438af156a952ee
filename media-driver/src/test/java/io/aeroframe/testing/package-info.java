/** What the tests of all modules share: directories, processes, a display, and measures of memory. */
package io.aeroframe.testing;
