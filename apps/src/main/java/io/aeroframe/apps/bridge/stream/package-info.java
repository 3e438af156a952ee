/** Streams of Aeroframe as sources: relays, and streams of another size, rate or encoding. */
package io.aeroframe.apps.bridge.stream;
