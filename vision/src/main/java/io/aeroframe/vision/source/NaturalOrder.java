package io.aeroframe.vision.source;

import java.util.Comparator;

/**
 * File names as people count: {@code img2} before {@code img10}. Runs of digits compare by their number, everything
 * else by character without regard to case; names that are equal so compare as strings.
 */
final class NaturalOrder implements Comparator<String> {

    static final NaturalOrder INSTANCE = new NaturalOrder();

    private NaturalOrder() {}

    @Override
    public int compare(String left, String right) {
        int i = 0;
        int j = 0;
        while (i < left.length() && j < right.length()) {
            int result;
            if (isDigit(left.charAt(i)) && isDigit(right.charAt(j))) {
                int leftEnd = digitsEnd(left, i);
                int rightEnd = digitsEnd(right, j);
                result = compareNumbers(left, i, leftEnd, right, j, rightEnd);
                i = leftEnd;
                j = rightEnd;
            } else {
                result = Character.compare(
                        Character.toLowerCase(left.charAt(i++)), Character.toLowerCase(right.charAt(j++)));
            }
            if (result != 0) {
                return result;
            }
        }
        int rest = Integer.compare(left.length() - i, right.length() - j);
        return rest != 0 ? rest : left.compareTo(right);
    }

    private static int compareNumbers(String left, int i, int leftEnd, String right, int j, int rightEnd) {
        int from = skipZeros(left, i, leftEnd);
        int otherFrom = skipZeros(right, j, rightEnd);
        int byLength = Integer.compare(leftEnd - from, rightEnd - otherFrom);
        return byLength != 0
                ? byLength
                : CharSequence.compare(left.subSequence(from, leftEnd), right.subSequence(otherFrom, rightEnd));
    }

    private static int skipZeros(String text, int from, int end) {
        int i = from;
        while (i < end && text.charAt(i) == '0') {
            i++;
        }
        return i;
    }

    private static int digitsEnd(String text, int from) {
        int i = from;
        while (i < text.length() && isDigit(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
