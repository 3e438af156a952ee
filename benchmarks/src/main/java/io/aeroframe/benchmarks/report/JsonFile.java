package io.aeroframe.benchmarks.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aeroframe.benchmarks.harness.BenchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads files of JSON objects, one after the other, as the bench prints them with {@code --json}. */
public final class JsonFile {

    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonFile() {}

    /**
     * Reads the objects of a file.
     *
     * @return the objects as maps of maps, lists, strings, doubles, booleans and null
     * @throws BenchException if the file cannot be read, or has something other than objects
     */
    public static List<Map<String, Object>> read(Path file) {
        List<Map<String, Object>> objects = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(file.toFile())) {
            JsonToken token;
            while ((token = parser.nextToken()) != null) {
                if (token != JsonToken.START_OBJECT) {
                    throw new BenchException(file + ": line "
                            + parser.currentLocation().getLineNr() + " is not a JSON object of the bench");
                }
                objects.add(object(parser));
            }
        } catch (IOException ex) {
            throw new BenchException(file + " cannot be read: " + ex.getMessage(), ex);
        }
        return objects;
    }

    /**
     * Reads an object.
     *
     * @throws BenchException if the line is not an object
     */
    public static Map<String, Object> parse(String line) {
        try (JsonParser parser = FACTORY.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BenchException("not a JSON object: " + line);
            }
            return object(parser);
        } catch (IOException ex) {
            throw new BenchException("not a JSON object: " + line, ex);
        }
    }

    /** Reads the object that the parser has just entered, in the form of {@link #read}. */
    public static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return fields;
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
}
