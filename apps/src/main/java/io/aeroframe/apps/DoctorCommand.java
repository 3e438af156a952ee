package io.aeroframe.apps;

import io.aeroframe.apps.doctor.Doctor;
import io.aeroframe.apps.doctor.Finding;
import io.aeroframe.apps.doctor.Finding.Severity;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code aeroframe doctor}: what is wrong on this machine, and what mends it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Check this machine for what commonly goes wrong, and print the command that mends it.",
            "Nothing is changed, and nothing is sent beyond this host. The exit status is 1 if something is broken."
        })
final class DoctorCommand implements Callable<Integer> {

    @Mixin
    private MonitorOptions options;

    @Override
    public Integer call() throws IOException {
        List<Finding> findings = Doctor.examine(options.sharedDirectory());
        int width = findings.stream()
                .mapToInt(finding -> finding.subject().length())
                .max()
                .orElse(0);
        for (Finding finding : findings) {
            if (options.isJson()) {
                options.print(json -> {
                    json.writeStartObject();
                    json.writeStringField("check", finding.subject());
                    json.writeStringField("severity", name(finding));
                    json.writeStringField("found", finding.found());
                    json.writeStringField("remedy", finding.remedy());
                    json.writeEndObject();
                });
            } else {
                options.print(String.format(
                        Locale.ROOT, "%-6s  %-" + width + "s  %s", name(finding), finding.subject(), finding.found()));
                if (!finding.remedy().isEmpty()) {
                    options.print("        " + " ".repeat(width) + "  -> " + finding.remedy());
                }
            }
        }
        options.flush();
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.BROKEN) ? 1 : 0;
    }

    private static String name(Finding finding) {
        return finding.severity().name().toLowerCase(Locale.ROOT);
    }
}
