/**
 * Files and directories that processes share. For Aeroframe's own modules only: not part of the API, and changed
 * without notice.
 */
package io.aeroframe.driver.internal;
