package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process printed with {@code --json}: objects, the names of nested fields and the indices of arrays joined with
 * a dot.
 *
 * @param summary the last line.
 * @param digests the lines of a digest sink.
 */
record Report(Map<String, Object> summary, List<Map<String, Object>> digests) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Waits for the end of a process that is to succeed. */
    static Report of(AeroframeProcess process) throws InterruptedException, IOException {
        process.expectExit(0);
        return ofOutput(process);
    }

    static Report ofOutput(AeroframeProcess process) throws IOException {
        List<Map<String, Object>> digests = new ArrayList<>();
        Map<String, Object> last = Map.of();
        for (String line : process.outputLines()) {
            last = parse(line);
            if (last.containsKey("md5")) {
                digests.add(last);
            }
        }
        assertEquals(Boolean.TRUE, last.get("summary"), process::toString);
        return new Report(last, digests);
    }

    static Map<String, Object> parse(String line) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(line)) {
            assertEquals(JsonToken.START_OBJECT, parser.nextToken(), line);
            readObject(parser, "", fields);
            assertEquals(null, parser.nextToken(), line);
        }
        return fields;
    }

    private static void readObject(JsonParser parser, String prefix, Map<String, Object> fields) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = prefix + parser.currentName();
            parser.nextToken();
            readValue(parser, name, fields);
        }
    }

    private static void readArray(JsonParser parser, String prefix, Map<String, Object> fields) throws IOException {
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            readValue(parser, prefix + i, fields);
        }
    }

    private static void readValue(JsonParser parser, String name, Map<String, Object> fields) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> readObject(parser, name + ".", fields);
            case START_ARRAY -> readArray(parser, name + ".", fields);
            case VALUE_NUMBER_INT -> fields.put(name, parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> fields.put(name, parser.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> fields.put(name, parser.getBooleanValue());
            default -> fields.put(name, parser.getText());
        }
    }

    long number(String name) {
        Object value = summary.get(name);
        assertTrue(value instanceof Long, () -> name + " in " + summary);
        return (Long) value;
    }

    double decimal(String name) {
        Object value = summary.get(name);
        assertTrue(value instanceof Number, () -> name + " in " + summary);
        return ((Number) value).doubleValue();
    }

    List<String> md5s() {
        return digests.stream().map(line -> (String) line.get("md5")).toList();
    }

    List<Long> sequences() {
        return digests.stream().map(line -> (Long) line.get("sequence")).toList();
    }

    /** A subscriber's account must add up. */
    void expectClosedLedger() {
        assertEquals(
                number("ledger.published"),
                number("ledger.received")
                        + number("ledger.dropped_by_publisher")
                        + number("ledger.lost")
                        + number("ledger.overrun")
                        + number("ledger.superseded")
                        + number("ledger.expired"),
                summary::toString);
    }

    /** All that one side published, the other received. */
    static void expectNothingMissing(Report publisher, Report subscriber) {
        subscriber.expectClosedLedger();
        long published = publisher.number("ledger.published");
        assertEquals(published, publisher.number("published"), publisher.summary::toString);
        assertEquals(
                published * publisher.number("ledger.channels"),
                publisher.number("ledger.sent"),
                publisher.summary::toString);
        assertEquals(published, subscriber.number("ledger.published"), subscriber.summary::toString);
        assertEquals(published, subscriber.number("received"), subscriber.summary::toString);
        assertEquals(
                publisher.number("bytes"),
                subscriber.number("bytes") * publisher.number("ledger.channels"),
                subscriber.summary::toString);
    }
}
