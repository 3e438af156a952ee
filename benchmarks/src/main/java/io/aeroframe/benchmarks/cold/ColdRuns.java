package io.aeroframe.benchmarks.cold;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.StampLog;
import io.aeroframe.benchmarks.harness.UserCommands;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.measurement.Role;
import io.aeroframe.benchmarks.options.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Measures processes that have just started. For one thread. */
public final class ColdRuns {

    private static final String STREAM = "cold";
    private static final long MARGIN_S = 60;

    /** The publisher is up by then: the subscriber joins a stream that runs. */
    private static final long PUBLISHER_HEAD_START_S = 3;

    private ColdRuns() {}

    /**
     * Measures a plan without warm-up, each time with a fresh writer and a fresh reader.
     *
     * @throws BenchException       if a process fails
     * @throws InterruptedException if the command is interrupted
     */
    public static ColdReport ofPlan(Plan plan, int runs) throws InterruptedException {
        List<ColdRun> cold = new ArrayList<>();
        try (Measurement measurement = new Measurement()) {
            Path log = measurement.directory().resolve("cold-stamps");
            for (int i = 0; i < runs; i++) {
                measurement.run(plan, 1, 1, Map.of(Role.reader, List.of("--raw-file", log.toString())));
                cold.add(ColdRun.of(StampLog.read(log)));
                Files.deleteIfExists(log);
            }
        } catch (IOException ex) {
            throw new BenchException(ex.toString(), ex);
        }
        return new ColdReport(plan, "fresh processes", cold);
    }

    /**
     * Measures the commands that users type: {@code aeroframe publish pattern:} and, when that is up, {@code aeroframe
     * subscribe}, which reports the latency of each second.
     *
     * @param command the {@code aeroframe} command
     * @throws BenchException       if a process fails
     * @throws InterruptedException if the command is interrupted
     */
    public static ColdReport ofCommands(Plan plan, int runs, Path command) throws InterruptedException {
        List<ColdRun> cold = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            try (UserCommands commands = new UserCommands(command)) {
                cold.add(run(commands, plan));
            } catch (IOException ex) {
                throw new BenchException(command + " cannot be run: " + ex.getMessage(), ex);
            }
        }
        return new ColdReport(plan, "the commands publish pattern: and subscribe null:", cold);
    }

    private static ColdRun run(UserCommands commands, Plan plan) throws IOException, InterruptedException {
        String source = "pattern:" + plan.size() + "@" + plan.rate();
        Process publisher = commands.start(
                List.of("publish", source, STREAM, "--channel", plan.channel().uri(), "--json"));
        TimeUnit.SECONDS.sleep(PUBLISHER_HEAD_START_S);
        Map<String, Object> first = subscribe(commands, plan, "--frames", "1").get(0);
        List<Map<String, Object>> lines =
                subscribe(commands, plan, "--seconds", Double.toString(plan.seconds() + 0.9)); // the last line is late
        commands.end(publisher);
        Map<Integer, ColdRun.Second> seconds = new LinkedHashMap<>();
        for (int i = 0; i < lines.size() - 1; i++) { // the last is the summary
            if (ColdRun.isReported(i + 1)) {
                Map<?, ?> latency = (Map<?, ?>) lines.get(i).get("latency_us");
                seconds.put(i + 1, new ColdRun.Second(number(latency, "p50"), Double.NaN, number(latency, "max")));
            }
        }
        return new ColdRun(Map.of(1, number((Map<?, ?>) first.get("latency_us"), "max")), seconds);
    }

    private static double number(Map<?, ?> latency, String name) {
        if (latency == null || !(latency.get(name) instanceof Number value)) {
            throw new BenchException("a subscriber reported no latency: no frame came in one of its seconds");
        }
        return value.doubleValue();
    }

    private static List<Map<String, Object>> subscribe(UserCommands commands, Plan plan, String limit, String value)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("subscribe", STREAM, "null:", "--json"));
        arguments.addAll(List.of("--channel", plan.channel().uri(), limit, value, "--timeout", "20s"));
        if (plan.idle() != Idle.wait) {
            arguments.addAll(List.of("--idle", plan.idle().name()));
        }
        Process subscriber = commands.start(arguments);
        return commands.lines(subscriber, "the subscriber", (long) plan.seconds() + MARGIN_S).stream()
                .map(UserCommands::json)
                .toList();
    }
}
