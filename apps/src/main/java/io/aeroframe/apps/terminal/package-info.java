/** Text on a terminal. */
package io.aeroframe.apps.terminal;
