/** Short programs that use the library, one for each purpose. The build compiles and runs them. */
package io.aeroframe.examples;
