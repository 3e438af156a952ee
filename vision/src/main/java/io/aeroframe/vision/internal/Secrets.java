package io.aeroframe.vision.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Leaves passwords and tokens out of addresses, wherever in an address they are. */
public final class Secrets {

    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+://)(.*)", Pattern.DOTALL);

    private static final Pattern ADDRESS_IN_TEXT = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://[^\\s'\"]+");

    /** What comes behind a name of a file: {@code l0.ts?token=SECRET}. */
    private static final Pattern QUERY_IN_TEXT = Pattern.compile("\\?[^\\s'\"=]+=[^\\s'\"]*");

    private static final Pattern HEADER_IN_TEXT =
            Pattern.compile("(?i)((?:authorization|cookie|set-cookie)\\s*[:=]\\s*).*");

    /** Some cameras take the password in the path: {@code /user=admin_password=secret_channel=1}. */
    private static final Pattern SECRET =
            Pattern.compile("(?i)((?:password|passwd|pass|pwd|token|secret|key|auth|sig|signature)[=:])[^/&;_]*");

    private static final String HIDDEN = "...";

    private Secrets() {}

    /**
     * An address as it may be shown.
     *
     * @param text the address.
     * @return without its user and password, the values of its query, and what its path calls a secret; unchanged if it
     *     is not an address.
     */
    public static String hiddenInAddress(String text) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches()) {
            return text;
        }
        String rest = withoutUser(address.group(2));
        int query = rest.indexOf('?');
        String path =
                SECRET.matcher(query < 0 ? rest : rest.substring(0, query)).replaceAll("$1" + HIDDEN);
        return address.group(1) + path + (query < 0 ? "" : "?" + HIDDEN);
    }

    /**
     * A line of a log as it may be shown.
     *
     * @param line the line.
     * @return with its addresses, queries and HTTP headers as they may be shown.
     */
    public static String hiddenInText(String line) {
        String shown = ADDRESS_IN_TEXT
                .matcher(line)
                .replaceAll(match -> Matcher.quoteReplacement(hiddenInAddress(match.group())));
        shown = QUERY_IN_TEXT.matcher(shown).replaceAll("?" + HIDDEN);
        return HEADER_IN_TEXT.matcher(shown).replaceAll("$1" + HIDDEN);
    }

    /** A password may have an at sign and slashes in it: then there is a colon before the last at sign. */
    private static String withoutUser(String rest) {
        int last = rest.lastIndexOf('@');
        if (last >= 0 && rest.lastIndexOf(':', last) >= 0 && isPassword(rest.substring(0, last))) {
            return rest.substring(last + 1);
        }
        int slash = rest.indexOf('/');
        int at = (slash < 0 ? rest : rest.substring(0, slash)).lastIndexOf('@');
        return rest.substring(at + 1);
    }

    /** Whether it is USER:PASSWORD rather than HOST:PORT/PATH. */
    private static boolean isPassword(String before) {
        return !before.matches("[^:@/]*:\\d{1,5}(/.*)?") || before.indexOf('/') < 0;
    }
}
