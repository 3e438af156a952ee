/** Shared memory as Python's {@code multiprocessing.shared_memory} and {@code posix_ipc} have it. */
package io.aeroframe.apps.bridge.shm;
