package io.aeroframe.benchmarks.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeron.AeronVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** Describes what figures were measured on and with. */
public final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    /**
     * Writes the machine, the versions and the command as fields of an object.
     *
     * @param line the command line
     */
    public static void write(JsonGenerator json, CommandLine line) throws IOException {
        json.writeStringField("cpu", cpu());
        json.writeNumberField("cores", Runtime.getRuntime().availableProcessors());
        json.writeStringField("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.writeStringField("jdk", jdk());
        json.writeStringField("aeron", AeronVersion.VERSION);
        String version = Machine.class.getPackage().getImplementationVersion();
        json.writeStringField("aeroframe", version == null ? "unreleased" : version);
        json.writeStringField("command", command(line));
    }

    static String jdk() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.version");
    }

    /** Returns the processor's model, or its architecture where the system does not name the model. */
    static String cpu() {
        try {
            for (String line : Files.readAllLines(CPU_INFO, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException ex) {
            // not Linux
        }
        return System.getProperty("os.arch");
    }

    private static String command(CommandLine line) {
        CommandLine root = line;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return "bench " + String.join(" ", root.getParseResult().originalArgs());
    }
}
