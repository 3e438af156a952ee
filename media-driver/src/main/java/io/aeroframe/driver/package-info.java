/**
 * The media driver of a host: one process runs it embedded, the others attach to it, and one of them takes over when
 * that process ends. Start at {@link io.aeroframe.driver.FrameDriver}.
 */
package io.aeroframe.driver;
