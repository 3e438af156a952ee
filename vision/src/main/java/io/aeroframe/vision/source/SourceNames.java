package io.aeroframe.vision.source;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses as they may be shown: passwords and tokens are left out, wherever in an address they are. */
public final class SourceNames {

    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+://)(.*)", Pattern.DOTALL);

    /** Some cameras take the password in the path: {@code /user=admin_password=secret_channel=1}. */
    private static final Pattern SECRET =
            Pattern.compile("(?i)((?:password|passwd|pass|pwd|token|secret|key|auth|sig|signature)[=:])[^/&;_]*");

    private static final String HIDDEN = "...";

    private SourceNames() {}

    /**
     * A source as it may be shown.
     *
     * @param spec the specification as on the command line.
     * @return without the user and password of an address, the values of its query, and what its path calls a secret;
     *     unchanged if it is not an address.
     */
    public static String shown(String spec) {
        Matcher address = ADDRESS.matcher(spec);
        if (!address.matches() || PictureList.isExisting(spec)) {
            return spec;
        }
        String rest = withoutUser(address.group(2));
        int query = rest.indexOf('?');
        String path =
                SECRET.matcher(query < 0 ? rest : rest.substring(0, query)).replaceAll("$1" + HIDDEN);
        return address.group(1) + path + (query < 0 ? "" : "?" + HIDDEN);
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
