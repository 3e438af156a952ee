/**
 * Native libraries, their memory, and pixel conversion. For Aeroframe's own modules only: not part of the API, and
 * changed without notice.
 */
package io.aeroframe.vision.internal;
