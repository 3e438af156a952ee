package io.aeroframe.apps.bridge;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A bridge as typed: {@code scheme:address#fragment?name=value&flag}, fragment and options in either order.
 *
 * @param text     the specification as typed.
 * @param address  what is between the scheme and the rest.
 * @param fragment what is behind {@code #}; null if there is none.
 * @param options  the options and their values, empty for a flag.
 */
public record BridgeSpec(String text, String address, String fragment, Map<String, String> options) {

    /**
     * Takes a specification apart.
     *
     * @param text  the specification as typed, with its scheme.
     * @param known the options that there are.
     * @return the parts.
     * @throws IllegalArgumentException if an option is not known, or given twice.
     */
    public static BridgeSpec parse(String text, String... known) {
        String rest = text.substring(text.indexOf(':') + 1);
        int end = firstOf(rest, 0);
        String address = rest.substring(0, end);
        String fragment = null;
        Map<String, String> options = new LinkedHashMap<>();
        while (end < rest.length()) {
            int next = firstOf(rest, end + 1);
            String part = rest.substring(end + 1, next);
            if (rest.charAt(end) == '#') {
                fragment = part;
            } else {
                for (String option : part.split("&")) {
                    add(options, option, text, known);
                }
            }
            end = next;
        }
        return new BridgeSpec(text, address, fragment, Map.copyOf(options));
    }

    private static int firstOf(String rest, int from) {
        for (int i = from; i < rest.length(); i++) {
            if (rest.charAt(i) == '#' || rest.charAt(i) == '?') {
                return i;
            }
        }
        return rest.length();
    }

    private static void add(Map<String, String> options, String option, String text, String... known) {
        String[] pair = option.split("=", 2);
        if (!Set.of(known).contains(pair[0])) {
            throw new IllegalArgumentException(text + ": the option '" + pair[0] + "' is not one of "
                    + Arrays.stream(known).sorted().collect(Collectors.joining(", ")));
        }
        if (options.put(pair[0], pair.length == 2 ? pair[1] : "") != null) {
            throw new IllegalArgumentException(text + ": the option '" + pair[0] + "' is there twice");
        }
    }

    /**
     * Whether an option was given.
     *
     * @param name the name of the option.
     * @return true if it was, with or without a value.
     */
    public boolean has(String name) {
        return options.containsKey(name);
    }

    /**
     * The value of an option.
     *
     * @param name the name of the option.
     * @return its value; null if it was not given.
     */
    public String get(String name) {
        return options.get(name);
    }
}
