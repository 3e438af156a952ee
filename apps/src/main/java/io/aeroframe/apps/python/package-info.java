/**
 * What the Python package calls: frames as numbers in a record and memory by its address. A call from Python to Java
 * takes microseconds, so one call carries all that belongs to a frame.
 */
package io.aeroframe.apps.python;
