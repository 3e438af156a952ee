package io.aeroframe.apps.doctor;

/**
 * What a check found.
 *
 * @param subject  the thing that was checked, in a word or two.
 * @param severity how bad it is.
 * @param found    the state of it, in a sentence without its subject.
 * @param remedy   the command that mends it; empty if nothing is to be mended.
 */
public record Finding(String subject, Severity severity, String found, String remedy) {

    /** How bad it is. */
    public enum Severity {
        /** Nothing is to be done. */
        OK,
        /** Streams work, but slower, or not everywhere. */
        HINT,
        /** Streams do not work. */
        BROKEN
    }

    static Finding ok(String subject, String found) {
        return new Finding(subject, Severity.OK, found, "");
    }

    static Finding hint(String subject, String found, String remedy) {
        return new Finding(subject, Severity.HINT, found, remedy);
    }

    static Finding broken(String subject, String found, String remedy) {
        return new Finding(subject, Severity.BROKEN, found, remedy);
    }
}
