/**
 * Bridges: other systems as sources and sinks. One package each; {@link io.aeroframe.apps.bridge.Bridges} lists them.
 */
package io.aeroframe.apps.bridge;
