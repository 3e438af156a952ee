package io.aeroframe.driver.internal;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.agrona.LangUtil;

/**
 * A thread of this library's own, which cannot be interrupted. All of its files are opened, locked, read and mapped on
 * such threads.
 *
 * <p>{@link java.nio.channels.FileChannel} closes itself when the thread that uses it is interrupted. Closing the
 * channel that holds a lock gives the lock away, so an interrupt that a user's thread gets at the wrong moment would
 * hand the driver, or the memory that frames are read from, to another process. Hence no thread of the user's ever
 * touches a channel: it waits for one of these.
 *
 * <p>They are daemon threads, one for each operation that is under way, and end when there has been nothing to do for a
 * while.
 */
public final class FileThread extends Thread {

    private static final long KEEP_ALIVE_S = 10;

    private static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEEP_ALIVE_S,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> new FileThread(work, "aeroframe-files"));

    /**
     * Something to be done with files.
     *
     * @param <T> the type of the result.
     * @param <X> the type of the exception.
     */
    @FunctionalInterface
    public interface Operation<T, X extends Exception> {
        /**
         * Runs the operation.
         *
         * @return the result.
         * @throws X if it fails.
         */
        T run() throws X;
    }

    /**
     * A thread that runs until its work ends; a daemon.
     *
     * @param work what it runs.
     * @param name its name.
     */
    public FileThread(Runnable work, String name) {
        super(rootGroup(), work, name, 0, false);
        setDaemon(true);
        setContextClassLoader(FileThread.class.getClassLoader());
    }

    /** Groups further down can be interrupted or limited by the code that made them. */
    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /**
     * Does nothing: see above. A thread group or an executor that interrupts all of its threads gets no further than
     * this.
     */
    @Override
    public void interrupt() {}

    /**
     * Runs an operation on a thread of this kind: on the calling thread if it is one. Any thread; waits until the
     * operation is over, also if the calling thread is interrupted, whose interrupt flag is afterwards as it should be.
     *
     * @param operation the operation.
     * @param <T>       the type of the result.
     * @param <X>       the type of the exception.
     * @return the operation's result.
     * @throws X what the operation throws, itself.
     */
    public static <T, X extends Exception> T call(Operation<T, X> operation) throws X {
        if (Thread.currentThread() instanceof FileThread) {
            return operation.run();
        }
        FutureTask<T> task = new FutureTask<>(operation::run);
        THREADS.execute(task);
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException ex) {
                    isInterrupted = true;
                }
            }
        } catch (ExecutionException ex) {
            LangUtil.rethrowUnchecked(ex.getCause());
            throw new AssertionError(ex);
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * As {@link #call}, for an operation without a result.
     *
     * @param operation the operation.
     */
    public static void run(Runnable operation) {
        call(() -> {
            operation.run();
            return null;
        });
    }
}
