package io.aeroframe.apps;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.apps.monitor.StreamRow;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.StreamMonitor;
import io.aeroframe.transport.StreamName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the commands that look at streams without subscribing. */
final class MonitorOptions {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_NAMED = 20;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--aeron-dir",
            paramLabel = "DIR",
            description = "Look at what uses the Aeron media driver in DIR instead of Aeroframe's own.")
    private Path aeronDirectory;

    @Option(names = "--json", description = "One JSON object a line on standard output.")
    private boolean json;

    @Option(names = "--verbose", description = "Say more, and show stack traces.")
    private boolean verbose;

    /** Writes a JSON document. */
    @FunctionalInterface
    interface JsonWriter {
        void write(JsonGenerator json) throws IOException;
    }

    StreamMonitor open() {
        return new StreamMonitor(sharedDirectory());
    }

    /** The directory in memory that processes share; it need not exist. */
    Path sharedDirectory() {
        return FrameDriver.sharedDirectory(new DriverContext().aeronDirectory(aeronDirectory));
    }

    boolean isJson() {
        return json;
    }

    /** Checks a stream's name that was typed. */
    StreamName streamName(String typed) {
        try {
            return new StreamName(typed);
        } catch (IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
    }

    /** The message for a stream that is not there. */
    static String noSuchStream(StreamName name, List<StreamRow> all) {
        String others = all.stream()
                .map(row -> row.stream().value())
                .distinct()
                .limit(MAX_NAMED)
                .collect(Collectors.joining(", "));
        return "there is no stream '" + name + "' on this host; "
                + (others.isEmpty() ? "there are no others either" : "there are: " + others);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Prints a document on a line of its own. */
    void print(JsonWriter writer) throws IOException {
        StringWriter line = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(line)) {
            writer.write(generator);
        }
        out().println(line);
        flush();
    }

    void print(String line) {
        out().println(line);
    }

    /** Fails if what reads the output is gone: a command that goes on until Ctrl-C would not notice otherwise. */
    void flush() throws IOException {
        if (out().checkError()) {
            throw new StreamFailure("standard output can no longer be written: what reads it has ended");
        }
    }

    /** Prints a line for the user on standard error. */
    void say(String text) {
        StatusLine.ofProcess().print(spec.commandLine().getErr(), "aeroframe: " + text);
    }

    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
