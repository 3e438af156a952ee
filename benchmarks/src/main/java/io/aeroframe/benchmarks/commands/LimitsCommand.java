package io.aeroframe.benchmarks.commands;

import io.aeroframe.benchmarks.harness.Latencies;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench limits}: what this machine allows at best. */
@Command(
        name = "limits",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure the lower bounds of latency on this machine.",
            "",
            "The time of one copy of a frame, by its size, repeated so that frames that fit the caches are in them: no "
                    + "transport that copies is faster. And the time in which a word gets from one core to another, "
                    + "half a round trip between two threads that spin: no transport is faster."
        })
public final class LimitsCommand implements Callable<Integer> {

    private static final int[] SIZES = {64, 85_000, 921_600, 2_641_920, 6_220_800, 24_883_200, 99_532_800};
    private static final int ALIGNMENT = 64;
    private static final int MIN_COPIES = 20;
    private static final long COPY_NS = TimeUnit.MILLISECONDS.toNanos(300);

    /** Smaller copies are timed in batches, or the clock itself would be measured. */
    private static final int MIN_BATCH_BYTES = 100_000;

    private static final int BATCHES = 2_000;
    private static final int ROUND_TRIPS = 100;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    @Override
    public Integer call() throws InterruptedException {
        boolean isAlone = Runtime.getRuntime().availableProcessors() < 2;
        if (isAlone) {
            spec.commandLine().getErr().println("bench: warning: there is only one core: no core-to-core time");
            spec.commandLine().getErr().flush();
        }
        Histogram coreToCore = isAlone ? null : coreToCore();
        Map<Integer, Histogram> copies = copies();
        if (isJson) {
            printJson(coreToCore, copies);
        } else {
            print(coreToCore, copies);
        }
        return 0;
    }

    private void print(Histogram coreToCore, Map<Integer, Histogram> copies) {
        FiguresTable table = new FiguresTable(spec.commandLine().getOut());
        if (coreToCore != null) {
            table.line("%-34s%12s%12s", "one word from core to core", "p50 us", "p99 us");
            table.line(
                    "%-34s%12.3f%12.3f",
                    "", coreToCore.getValueAtPercentile(50) / 1e3, coreToCore.getValueAtPercentile(99) / 1e3);
        }
        table.line("%-34s%12s%12s%12s", "one copy of a frame, bytes", "p50 us", "p99 us", "GB/s");
        copies.forEach((bytes, times) -> table.line(
                "%34d%12.3f%12.3f%12.1f",
                bytes,
                times.getValueAtPercentile(50) / 1e3,
                times.getValueAtPercentile(99) / 1e3,
                bytes / (double) times.getValueAtPercentile(50)));
        spec.commandLine().getOut().flush();
    }

    private void printJson(Histogram coreToCore, Map<Integer, Histogram> copies) {
        spec.commandLine().getOut().println(FiguresJson.object(json -> {
            json.writeStringField("benchmark", "limits");
            Machine.write(json, spec.commandLine());
            if (coreToCore == null) {
                json.writeNullField("core_to_core_us");
            } else {
                json.writeNumberField("core_to_core_us", coreToCore.getValueAtPercentile(50) / 1e3);
            }
            json.writeArrayFieldStart("copies");
            for (Map.Entry<Integer, Histogram> copy : copies.entrySet()) {
                json.writeStartObject();
                json.writeNumberField("bytes", copy.getKey());
                json.writeNumberField("copy_us", copy.getValue().getValueAtPercentile(50) / 1e3);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
        spec.commandLine().getOut().flush();
    }

    private static Map<Integer, Histogram> copies() {
        Map<Integer, Histogram> copies = new LinkedHashMap<>();
        int largest = SIZES[SIZES.length - 1];
        UnsafeBuffer source = new UnsafeBuffer(BufferUtil.allocateDirectAligned(largest, ALIGNMENT));
        UnsafeBuffer target = new UnsafeBuffer(BufferUtil.allocateDirectAligned(largest, ALIGNMENT));
        source.setMemory(0, largest, (byte) 1); // or all pages would be the one zero page
        for (int size : SIZES) {
            copy(source, target, size); // warms up
            copies.put(size, copy(source, target, size));
        }
        return copies;
    }

    private static Histogram copy(UnsafeBuffer source, UnsafeBuffer target, int size) {
        Histogram times = Latencies.histogram();
        int batch = Math.max(1, MIN_BATCH_BYTES / size);
        long endNs = System.nanoTime() + COPY_NS;
        for (int i = 0; i < MIN_COPIES || System.nanoTime() - endNs < 0; i++) {
            long startNs = System.nanoTime();
            for (int j = 0; j < batch; j++) {
                target.putBytes(0, source, 0, size);
            }
            Latencies.record(times, (System.nanoTime() - startNs) / batch);
        }
        return times;
    }

    /** This thread answers even numbers, the other odd ones; each spins until it is its turn. */
    private static Histogram coreToCore() throws InterruptedException {
        AtomicLong word = new AtomicLong();
        long last = 2L * ROUND_TRIPS * BATCHES;
        Thread other = new Thread(
                () -> {
                    for (long turn = 1; turn < last; turn += 2) {
                        while (word.getAcquire() != turn) {
                            Thread.onSpinWait();
                        }
                        word.setRelease(turn + 1);
                    }
                },
                "bench-core-to-core");
        other.setDaemon(true);
        other.start();
        Histogram times = Latencies.histogram();
        long turn = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            long startNs = System.nanoTime();
            for (int i = 0; i < ROUND_TRIPS; i++) {
                word.setRelease(turn + 1);
                turn += 2;
                while (word.getAcquire() != turn) {
                    Thread.onSpinWait();
                }
            }
            Latencies.record(times, (System.nanoTime() - startNs) / (2L * ROUND_TRIPS));
        }
        other.join();
        return times;
    }
}
