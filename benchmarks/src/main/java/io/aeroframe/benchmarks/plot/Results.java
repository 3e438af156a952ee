package io.aeroframe.benchmarks.plot;

import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.FrameRate;
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
 * What {@code bench latency}, {@code bench peers} and {@code bench limits} have told, put together for pictures.
 *
 * @param results  one for each way of carrying frames, at one size and rate; several runs of one are there several times.
 * @param handOver from core to core, µs; NaN if it is not known.
 * @param copies   of a frame: µs by bytes.
 * @param machines on which all of it was measured, and with what.
 */
record Results(List<Result> results, double handOver, Map<Double, Double> copies, Set<String> machines) {

    private static final List<String> NAMES = List.of("peer", "title", "name", "label", "path");

    /**
     * One way of carrying frames.
     *
     * @param label   of it, for people.
     * @param load    what was carried: size, encoding and rate; results of the same can be compared.
     * @param bytes   of a frame.
     * @param fps     frames a second that were received; NaN if not told.
     * @param isMax   whether that is as many as go.
     * @param figures latencies by the names of {@link Figures#PERCENTILES}, µs; those that so few frames do not have are left out.
     * @param command that measured it; empty if not told.
     */
    record Result(
            String label,
            Workload load,
            double bytes,
            double fps,
            boolean isMax,
            Map<String, Double> figures,
            String command) {}

    /**
     * What was carried.
     *
     * @param channel  that it travelled on: ipc, udp or another.
     * @param size     of the pictures, such as 1280x688.
     * @param encoding raw or jpeg.
     * @param fps      asked for, such as 60 or max.
     */
    record Workload(String channel, String size, String encoding, String fps) {
        /** In words. */
        String describe() {
            return encoding + " " + size + (fps.equals("max") ? ", flat out" : ", " + fps + " fps")
                    + (channel.equals("ipc") ? "" : ", " + channel);
        }

        /** As part of a file's name. */
        String fileName() {
            return size + "-" + encoding + "-" + fps + (channel.equals("ipc") ? "" : "-" + channel);
        }
    }

    /** Puts objects together. */
    static Results of(Collection<Map<String, Object>> objects) {
        Results results = new Results(new ArrayList<>(), Double.NaN, new TreeMap<>(), new LinkedHashSet<>());
        double handOver = Double.NaN;
        for (Map<String, Object> object : objects) {
            results.add(object, Map.of());
            if (object.get("handover_us") instanceof Double us) {
                handOver = us;
            }
        }
        return new Results(results.results, handOver, results.copies, results.machines);
    }

    /** Takes what an object and those in it tell; what one does not say itself, that around it says. */
    private void add(Map<String, Object> object, Map<String, Object> outer) {
        Map<String, Object> all = new LinkedHashMap<>(outer);
        if (object.containsKey("peer") || object.containsKey("name")) {
            all.remove("path"); // of the one around it
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
        Workload load = new Workload(
                channel(all),
                text(all.get("size"), "?"),
                text(all.get("encoding"), "raw"),
                target instanceof Double rate ? new FrameRate(rate).toString() : text(target, "?"));
        double bytes = all.get("bytes") instanceof Double known ? known : Double.NaN;
        double fps = object.get("fps") instanceof Double known ? known : Double.NaN;
        results.add(new Result(
                label(all), load, bytes, fps, load.fps().equals("max"), figures, text(all.get("command"), "")));
    }

    private static String channel(Map<String, Object> all) {
        String channel = text(all.get("channel"), "ipc");
        return channel.contains("udp") ? "udp" : "ipc";
    }

    private static String text(Object value, String otherwise) {
        return value instanceof String string ? string : otherwise;
    }

    /** How its reader waits tells two ways apart that are the same else. */
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
