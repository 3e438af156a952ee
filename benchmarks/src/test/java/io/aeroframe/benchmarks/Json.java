package io.aeroframe.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object that a command printed.
 *
 * @param fields by name: a {@link Json}, a list of them, a string, a number, a boolean or null.
 */
record Json(Map<String, Object> fields) {

    /** Reads text that is one JSON object and nothing else. */
    static Json only(String text) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new AssertionError("not an object: " + text);
            }
            Json object = object(parser);
            if (parser.nextToken() != null) {
                throw new AssertionError("something follows the object: " + text);
            }
            return object;
        }
    }

    private static Json object(JsonParser parser) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (fields.containsKey(name)) {
                throw new AssertionError("twice in one object: " + name);
            }
            fields.put(name, value(parser));
        }
        return new Json(fields);
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<Object> values = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(parser));
                }
                yield values;
            }
            case VALUE_NULL -> null;
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_STRING -> parser.getText();
            default -> parser.getDoubleValue();
        };
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    double number(String name) {
        if (!(fields.get(name) instanceof Double number)) {
            throw new AssertionError(name + " is no number: " + fields.get(name));
        }
        return number;
    }

    Object get(String name) {
        return fields.get(name);
    }
}
