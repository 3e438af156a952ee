package io.aeroframe.apps.terminal;

/** How many columns of a terminal a text takes: two for a character of East Asia or an emoji, none for an accent. */
public final class TextColumns {

    /** First and last code points of the ranges that Unicode's EastAsianWidth.txt calls wide, roughly. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x2E80, 0x303E},
        {0x3041, 0xA4CF},
        {0xA960, 0xA97F},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF},
        {0x1F900, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private TextColumns() {}

    /**
     * The columns that a text takes.
     *
     * @param text any text.
     * @return the number of columns.
     */
    public static int of(String text) {
        return text.codePoints().map(TextColumns::of).sum();
    }

    /**
     * The beginning of a text that takes so many columns at most.
     *
     * @param text    any text.
     * @param columns the room.
     * @return the text, or what of it fits.
     */
    public static String cut(String text, int columns) {
        int taken = 0;
        int end = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            taken += of(character);
            if (taken > columns) {
                break;
            }
            end += Character.charCount(character);
        }
        return text.substring(0, end);
    }

    private static int of(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        for (int[] range : WIDE) {
            if (character >= range[0] && character <= range[1]) {
                return 2;
            }
        }
        return 1;
    }
}
