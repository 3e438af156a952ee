package io.aeroframe.benchmarks.harness;

/** A measurement failed. The message is one line, fit to print. */
public final class BenchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public BenchException(String message) {
        super(message);
    }

    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Whether an exception comes from a bug in this program rather than from its user or the machine. Only then is its
     * stack trace worth printing.
     */
    public static boolean isBug(Throwable ex) {
        return ex instanceof NullPointerException
                || ex instanceof IndexOutOfBoundsException
                || ex instanceof ClassCastException;
    }
}
