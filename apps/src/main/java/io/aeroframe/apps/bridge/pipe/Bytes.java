package io.aeroframe.apps.bridge.pipe;

/** Bytes in messages. */
final class Bytes {

    private Bytes() {}

    /** A byte as its character and its value, where it has a character. */
    static String describe(int value) {
        return isPrintable(value) ? "'" + (char) value + "'" : String.format("0x%02X", value);
    }

    /** Characters, others than printable ASCII as a dot. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().forEach(c -> shown.append(isPrintable(c) ? (char) c : '.'));
        return shown.toString();
    }

    /** The first bytes of a pipe. */
    static String describe(PipeInput input, int count) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(count, input.available()); i++) {
            shown.append(i == 0 ? "" : " ").append(String.format("%02X", input.peek(i)));
        }
        return shown.toString();
    }

    private static boolean isPrintable(int value) {
        return value >= ' ' && value < 127;
    }
}
