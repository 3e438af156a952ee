/** The command line {@code aeroframe}: its commands, their options, and the runs behind them. */
package io.aeroframe.apps;
