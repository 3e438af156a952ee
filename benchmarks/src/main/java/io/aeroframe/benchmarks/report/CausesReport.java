package io.aeroframe.benchmarks.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.benchmarks.harness.LateCauses;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Prints why frames were late. */
public final class CausesReport {

    private static final List<LateCauses.Cause> CAUSES = List.of(LateCauses.Cause.values());

    private final LateCauses causes;

    /** Creates a report of a histogram. */
    public CausesReport(LateCauses causes) {
        this.causes = causes;
    }

    /** Prints a table: a line for each class of latencies, a column for each cause. */
    public void print(FiguresTable table) {
        table.line(
                "%-18s%s",
                "from the stamp, us",
                CAUSES.stream()
                        .map(cause -> FiguresTable.right(cause.name().replace('_', ' ')))
                        .collect(Collectors.joining()));
        for (int i = 0; i < LateCauses.CLASSES_US.size(); i++) {
            int row = i;
            table.line(
                    "%-18s%s",
                    ">= " + LateCauses.CLASSES_US.get(i),
                    CAUSES.stream()
                            .map(cause -> FiguresTable.right(Long.toString(causes.count(row, cause))))
                            .collect(Collectors.joining()));
        }
    }

    /** Writes an array of objects, one for each class of latencies. */
    public void write(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("late_causes");
        for (int i = 0; i < LateCauses.CLASSES_US.size(); i++) {
            json.writeStartObject();
            json.writeNumberField("from_us", LateCauses.CLASSES_US.get(i));
            for (LateCauses.Cause cause : CAUSES) {
                json.writeNumberField(cause.name(), causes.count(i, cause));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
