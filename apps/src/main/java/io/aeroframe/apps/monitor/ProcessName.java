package io.aeroframe.apps.monitor;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What a person would call a process. */
public final class ProcessName {

    /** What is followed by the command of our own program: its class, or the jar that names it. */
    private static final Pattern OWN = Pattern.compile("io\\.aeroframe\\.apps\\.Main|(.*[/\\\\])?aeroframe\\.jar");

    private ProcessName() {}

    /**
     * The program that a process runs, and the first of its arguments that is not an option.
     *
     * @param processId the number of the process.
     * @return {@code aeroframe publish}, {@code python3 detect.py}; empty if the system does not say.
     */
    public static String of(long processId) {
        ProcessHandle.Info info =
                ProcessHandle.of(processId).map(ProcessHandle::info).orElse(null);
        if (info == null || info.command().isEmpty()) {
            return "";
        }
        return of(info.command().get(), List.of(info.arguments().orElse(new String[0])));
    }

    static String of(String command, List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            if (OWN.matcher(arguments.get(i)).matches()) {
                return "aeroframe" + (i + 1 < arguments.size() ? " " + arguments.get(i + 1) : "");
            }
        }
        String script = arguments.stream()
                .filter(argument -> !argument.startsWith("-"))
                .findFirst()
                .map(ProcessName::lastPart)
                .orElse("");
        return (lastPart(command) + " " + script).strip();
    }

    private static String lastPart(String path) {
        Path name = Path.of(path).getFileName();
        return name == null ? path : name.toString();
    }
}
