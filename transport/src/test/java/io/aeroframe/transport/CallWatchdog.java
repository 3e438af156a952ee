package io.aeroframe.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Ends the JVM with {@link #STATUS_HUNG} and the stacks of all threads when a call into the library takes longer than
 * it may.
 *
 * <p>It counts its own steps, not the time: a process that is stopped and woken does not seem to hang, nor does one
 * that hardly gets to run.
 */
final class CallWatchdog {

    static final int STATUS_HUNG = 86;

    private static final long STEP_NS = 100_000_000;

    private final int limit;
    private final Map<Thread, Call> calls = new ConcurrentHashMap<>();

    private static final class Call {
        private final String name;
        private volatile int steps;

        Call(String name) {
            this.name = name;
        }
    }

    /**
     * Starts it.
     *
     * @param limitS seconds that a call may take.
     */
    CallWatchdog(int limitS) {
        limit = (int) (limitS * 1_000_000_000L / STEP_NS);
        Thread thread = new Thread(this::watch, "call-watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    <T> T call(String name, Supplier<T> call) {
        Thread thread = Thread.currentThread();
        calls.put(thread, new Call(name));
        try {
            return call.get();
        } finally {
            calls.remove(thread);
        }
    }

    void run(String name, Runnable call) {
        call(name, () -> {
            call.run();
            return null;
        });
    }

    private void watch() {
        while (true) {
            LockSupport.parkNanos(STEP_NS);
            for (Map.Entry<Thread, Call> entry : calls.entrySet()) {
                Call call = entry.getValue();
                call.steps++;
                if (call.steps > limit) {
                    fail(entry.getKey(), call);
                }
            }
        }
    }

    private static void fail(Thread thread, Call call) {
        System.err.println("hung: " + call.name + " on thread " + thread.getName());
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            System.err.println(
                    "thread " + entry.getKey().getName() + ", " + entry.getKey().getState());
            for (StackTraceElement element : entry.getValue()) {
                System.err.println("    at " + element);
            }
        }
        System.err.flush();
        Runtime.getRuntime().halt(STATUS_HUNG);
    }
}
