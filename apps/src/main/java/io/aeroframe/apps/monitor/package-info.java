/** Numbers that show how all streams of a host are doing, without a subscription: behind {@code list}, {@code hz}. */
package io.aeroframe.apps.monitor;
