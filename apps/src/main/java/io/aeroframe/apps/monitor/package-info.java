/** What can be seen of all streams of a host without subscribing: the numbers behind {@code list}, {@code hz} and so on. */
package io.aeroframe.apps.monitor;
