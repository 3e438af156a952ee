package io.aeroframe.apps.bridge.pipe;

import picocli.CommandLine.Option;

/** Options of the pipe, {@code -}, of both commands. */
public final class PipeOptions {

    /** The most digits of a length that can be asked for. */
    static final int MAX_DIGITS = 64;

    static final int DEFAULT_DIGITS = 26;

    @Option(
            names = "--pipe",
            paramLabel = "KIND",
            description =
                    "What goes through the pipe '-': prefixed (a decimal length, a JPEG or PNG image, 0 or 1), png "
                            + "(the same, written without loss), jpeg (bare images), y4m, or raw, for a source as "
                            + "raw:WxH:FORMAT. Default: a source finds out, but for raw; a sink writes prefixed.")
    private String kind;

    @Option(
            names = "--pipe-digits",
            paramLabel = "N",
            description = "Digits of the length before each image, 1 to " + MAX_DIGITS + ". Default: a source finds "
                    + "out, a sink writes " + DEFAULT_DIGITS + ".")
    private Integer digits;

    /** Creates options that nobody has typed yet. */
    public PipeOptions() {}

    /** What was typed as kind, null if nothing was. */
    String kind() {
        return kind;
    }

    /** The number of digits that was typed, 0 if none was. */
    int digits() {
        return digits == null ? 0 : digits;
    }

    /**
     * Checks the options against a source or sink.
     *
     * @param spec the source or sink as typed.
     * @throws IllegalArgumentException if an option is out of range, or is not for it.
     */
    public void validateFor(String spec) {
        String first = kind != null ? "--pipe " + kind : digits != null ? "--pipe-digits " + digits : null;
        if (first != null && !spec.equals("-")) {
            throw new IllegalArgumentException(first + " is for a pipe: leave it out, or use - instead of " + spec);
        }
        if (digits != null && (digits < 1 || digits > MAX_DIGITS)) {
            throw new IllegalArgumentException("--pipe-digits " + digits + ": give 1 to " + MAX_DIGITS);
        }
    }
}
