/**
 * Senders and receivers of frames over other means that a JVM has: sockets, pipes, mapped files, JeroMQ.
 */
package io.aeroframe.benchmarks.messages;
