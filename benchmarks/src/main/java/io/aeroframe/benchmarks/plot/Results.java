package io.aeroframe.benchmarks.plot;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.report.Figures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The results of {@code bench latency}, {@code bench peers} and {@code bench limits}, combined for charts.
 *
 * @param results    a result for each measurement of a way to carry frames at one size and rate
 * @param coreToCore the time in which a word gets from core to core, in µs; NaN if unknown
 * @param copies     the times of one copy of a frame, in µs, by its length in bytes
 * @param machines   the machines and versions that were measured
 */
record Results(List<Result> results, double coreToCore, Map<Double, Double> copies, Set<String> machines) {

    private static final List<String> NAMES = List.of("peer", "title", "name", "label", "path");

    /**
     * A measurement of one way to carry frames.
     *
     * @param label   the way, as the charts name it
     * @param workload    the workload; results of one workload can be compared
     * @param bytes   the length of a frame in bytes; NaN if unknown
     * @param fps     the frames received per second; NaN if unknown
     * @param isMax   whether frames were sent as fast as possible
     * @param figures the latencies in µs, by the names of {@link Figures#PERCENTILES}, without those for which there
     *                were too few frames
     * @param command the command that measured it; empty if unknown
     */
    record Result(
            String label,
            Workload workload,
            double bytes,
            double fps,
            boolean isMax,
            Map<String, Double> figures,
            String command) {}

    /**
     * The frames that were carried.
     *
     * @param channel  the channel: ipc or udp
     * @param size     the size, such as 1280x688
     * @param encoding the encoding: raw or jpeg
     * @param fps      the rate that was asked for, such as 60 or max
     */
    record Workload(String channel, String size, String encoding, String fps) {
        /** Describes the workload. */
        String describe() {
            return encoding + " " + size + (fps.equals("max") ? ", as fast as possible" : ", " + fps + " fps")
                    + (channel.equals("ipc") ? "" : ", " + channel);
        }

        /** Returns a part of a file's name. */
        String fileName() {
            return size + "-" + encoding + "-" + fps + (channel.equals("ipc") ? "" : "-" + channel);
        }
    }

    /** Combines objects that the bench printed. */
    static Results of(Collection<Map<String, Object>> objects) {
        Results results = new Results(new ArrayList<>(), Double.NaN, new TreeMap<>(), new LinkedHashSet<>());
        double coreToCore = Double.NaN;
        for (Map<String, Object> object : objects) {
            results.add(object, Map.of());
            if (object.get("core_to_core_us") instanceof Double us) {
                coreToCore = us;
            }
        }
        return new Results(results.results, coreToCore, results.copies, results.machines);
    }

    /** Adds an object and those inside it. A field that an object does not have is inherited from the outer one. */
    private void add(Map<String, Object> object, Map<String, Object> outer) {
        Map<String, Object> all = new LinkedHashMap<>(outer);
        if (object.containsKey("peer") || object.containsKey("name")) {
            all.remove("path"); // a peer does not inherit it
        }
        all.putAll(object);
        addMachine(object);
        if (object.get("copy_us") instanceof Double us && object.get("bytes") instanceof Double bytes) {
            copies.put(bytes, us);
        } else if (object.get("p50_us") instanceof Double) {
            addResult(object, all);
        }
        object.forEach((name, value) -> {
            if (value instanceof Map<?, ?> map && !name.equals("stages") && !name.equals("ratios")) {
                add(typed(map), all);
            } else if (value instanceof List<?> list) {
                list.stream().filter(Map.class::isInstance).forEach(item -> add(typed((Map<?, ?>) item), all));
            }
        });
    }

    private static Map<String, Object> typed(Map<?, ?> map) {
        Map<String, Object> typed = new LinkedHashMap<>();
        map.forEach((name, value) -> typed.put((String) name, value));
        return typed;
    }

    private void addMachine(Map<String, Object> object) {
        if (object.get("cpu") instanceof String cpu) {
            StringBuilder text = new StringBuilder(cpu);
            if (object.get("cores") instanceof Double cores) {
                text.append(", ").append(cores.longValue()).append(cores == 1 ? " core" : " cores");
            }
            Stream.of("os", "jdk").forEach(name -> append(text, "", object.get(name)));
            append(text, "Aeron ", object.get("aeron"));
            append(text, "Aeroframe ", object.get("aeroframe"));
            machines.add(text.toString());
        }
    }

    private static void append(StringBuilder text, String title, Object value) {
        if (value instanceof String string) {
            text.append(", ").append(title).append(string);
        }
    }

    private void addResult(Map<String, Object> object, Map<String, Object> all) {
        Map<String, Double> figures = new LinkedHashMap<>();
        Figures.PERCENTILES.forEach((name, percentile) -> {
            double frames = object.get("received") instanceof Double received ? received : Double.POSITIVE_INFINITY;
            boolean isMax = percentile == 100;
            if (object.get(name) instanceof Double us && us > 0 && (isMax || frames * (100 - percentile) >= 99.99)) {
                figures.put(name, us);
            }
        });
        Object target = all.getOrDefault("target_fps", all.get("fps"));
        Workload workload = new Workload(
                channel(all),
                text(all.get("size"), "?"),
                text(all.get("encoding"), "raw"),
                target instanceof Double rate ? new FrameRate(rate).toString() : text(target, "?"));
        double bytes = all.get("bytes") instanceof Double known ? known : Double.NaN;
        double fps = object.get("fps") instanceof Double known ? known : Double.NaN;
        results.add(new Result(
                label(all), workload, bytes, fps, workload.fps().equals("max"), figures, text(all.get("command"), "")));
    }

    private static String channel(Map<String, Object> all) {
        String channel = text(all.get("channel"), "ipc");
        return channel.contains("udp") ? "udp" : "ipc";
    }

    private static String text(Object value, String otherwise) {
        return value instanceof String string ? string : otherwise;
    }

    /** Returns how a reader waits, which distinguishes two ways on the same path. */
    private static String waiting(String idle) {
        return switch (idle) {
            case "" -> "";
            case "spin" -> ", spinning";
            case "wait" -> ", woken";
            default -> ", " + idle;
        };
    }

    private static String label(Map<String, Object> all) {
        for (String name : NAMES) {
            if (all.get(name) instanceof String label) {
                for (FramePath path : FramePath.values()) {
                    if (path.name().equals(label)) {
                        return path.title() + waiting(text(all.get("idle"), ""));
                    }
                }
                return label;
            }
        }
        return "?";
    }
}
