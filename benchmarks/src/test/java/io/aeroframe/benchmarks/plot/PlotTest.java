package io.aeroframe.benchmarks.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.benchmarks.Bench;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The charts that are drawn from the output of other commands. */
@Timeout(600)
class PlotTest {

    private static final String MACHINE =
            "'cpu':'A Processor','cores':2,'jdk':'Some VM 17','aeron':'1.51.0','aeroframe':'0.1.0'";

    @TempDir
    private Path directory;

    @Test
    void drawsEachPictureThatTheFilesSufficeFor() throws Exception {
        write(
                "latency.jsonl",
                latency("pool", "64x48", 9_216, "60", 1.5)
                        + latency("pool", "1280x688", 2_641_920, "60", 1.4)
                        + latency("log", "64x48", 9_216, "60", 3)
                        + latency("log", "1280x688", 2_641_920, "60", 600)
                        + latency("pool", "1280x688", 2_641_920, "'max'", 2));
        write(
                "peers.json",
                "{'benchmark':'peers'," + MACHINE + ",'command':'bench peers --json','size':'1280x688','target_fps':60,"
                        + "'peers':[{'peer':'Python pipe','p50_us':1432,'p99_us':1711}]}");
        write(
                "limits.json",
                "{'benchmark':'limits'," + MACHINE + ",'command':'bench limits --json','core_to_core_us':0.05,"
                        + "'copies':[{'bytes':9216,'copy_us':0.4},{'bytes':2641920,'copy_us':200}]}");
        Path out = directory.resolve("images");
        assertEquals(0, plot(new StringWriter(), directory.toString(), "--out", out.toString()));
        assertEquals(
                Set.of(
                        "percentiles-64x48-raw-60",
                        "percentiles-1280x688-raw-60",
                        "latency-by-size",
                        "frames-a-second-1280x688-raw-max"),
                names(out, ".png"));
        assertEquals(names(out, ".png"), names(out, ".svg"));
        BufferedImage image =
                ImageIO.read(out.resolve("percentiles-1280x688-raw-60.png").toFile());
        assertTrue(image.getWidth() > 1_000 && image.getHeight() > 1_000);
        String svg = Files.readString(out.resolve("percentiles-1280x688-raw-60.svg"));
        assertTrue(svg.contains("font-size:13px") || svg.contains("font-size:13.0px"), "else it would be drawn at 16");
        for (String text : List.of("A Processor, 2 cores", "Some VM 17", "Aeron 1.51.0", "$ bench peers --json")) {
            assertTrue(svg.contains(text), text);
        }
    }

    @Test
    void leavesOutPercentilesThatSoFewFramesDoNotHave() {
        Results results = Results.of(List.of(Map.of(
                "path", "pool", "received", 240.0, "p50_us", 1.0, "p99_us", 3.0, "p999_us", 9.0, "max_us", 9.0)));
        assertEquals(
                Set.of("p50_us", "p99_us", "max_us"),
                results.results().get(0).figures().keySet());
    }

    @Test
    void refusesWhatIsNothingToDraw() throws Exception {
        write("one.json", latency("pool", "64x48", 9_216, "60", 1.5));
        StringWriter err = new StringWriter();
        assertEquals(1, plot(err, directory.toString(), "--out", directory.toString()));
        assertTrue(err.toString().startsWith("bench: there is nothing to draw in "), err::toString);
        write("one.json", "[1, 2]");
        err = new StringWriter();
        assertEquals(1, plot(err, directory.resolve("one.json").toString()));
        assertTrue(err.toString().contains("line 1 is not a JSON object of the bench"), err::toString);
    }

    private static String latency(String path, String size, int bytes, String fps, double us) {
        return "{'benchmark':'latency'," + MACHINE + ",'command':'bench latency --json','path':'" + path
                + "','channel':'aeron:ipc','size':'" + size + "','encoding':'raw','target_fps':" + fps
                + ",'fps':59.9,'bytes':" + bytes
                + ",'received':20000,'p50_us':" + us + ",'p90_us':" + 1.2 * us + ",'p99_us':" + 2 * us + ",'p999_us':"
                + 3 * us
                + ",'p9999_us':" + 4 * us + ",'max_us':" + 5 * us + "}\n";
    }

    private void write(String name, String json) throws Exception {
        Files.writeString(directory.resolve(name), json.replace('\'', '"'));
    }

    private static Set<String> names(Path directory, String ending) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .toList());
        }
    }

    private static int plot(StringWriter err, String... arguments) {
        String[] all = Stream.concat(Stream.of("plot"), Stream.of(arguments)).toArray(String[]::new);
        return Bench.commandLine()
                .setOut(new PrintWriter(new StringWriter(), true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }
}
