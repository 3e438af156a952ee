package io.aeroframe.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.aeroframe.benchmarks.report.JsonFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object that a command printed.
 *
 * @param fields the fields by name: a {@link Json}, a list of them, a string, a number, a boolean or null.
 */
public record Json(Map<String, Object> fields) {

    /** Refuses an object that has a name twice. */
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Reads a text that is exactly one JSON object. */
    public static Json only(String text) throws IOException {
        try (JsonParser parser = STRICT.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new AssertionError("not an object: " + text);
            }
            Json object = of(JsonFile.object(parser));
            if (parser.nextToken() != null) {
                throw new AssertionError("something follows the object: " + text);
            }
            return object;
        }
    }

    private static Json of(Map<?, ?> object) {
        Map<String, Object> fields = new LinkedHashMap<>();
        object.forEach((name, value) -> fields.put((String) name, value(value)));
        return new Json(fields);
    }

    private static Object value(Object value) {
        if (value instanceof Map<?, ?> object) {
            return of(object);
        }
        return value instanceof List<?> values
                ? values.stream().map(Json::value).toList()
                : value;
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    public double number(String name) {
        if (!(fields.get(name) instanceof Double number)) {
            throw new AssertionError(name + " is not a number: " + fields.get(name));
        }
        return number;
    }

    public Object get(String name) {
        return fields.get(name);
    }
}
