package io.aeroframe.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Wrong options are refused in one line that names the option, the reason and the way out. */
class OptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "latency --size 12            | '12' is not WIDTHxHEIGHT, such as 640x480",
                "latency --size 0x4           | '0x4' is not within 1x1 to 65535x65535",
                "latency --size 60000x60000   | is over the 2 GiB limit; use another size",
                "latency --fps 0              | '0' is not above 0 and at most 1000000: use frames per second, or max",
                "latency --fps fast           | 'fast' is not a rate: use frames per second, or max",
                "latency --fps NaN            | 'NaN' is not a rate",
                "latency --path tcp           | expected one of [pool, log, aeron] (case-insensitive) but was 'tcp'",
                "latency --channel tcp:x      | use ipc, udp:HOST:PORT or an Aeron channel URI",
                "latency --idle nap           | expected one of [wait, spin, yield, backoff, sleep]",
                "peers --encoding zstd        | zstd is not measured here; use raw or jpeg",
                "latency --encoding png       | 'png' is neither raw nor jpeg",
                "latency --seconds 0          | --seconds=0.0 is not above 0 and at most 86400",
                "latency --seconds NaN        | --seconds=NaN is not above 0",
                "latency --warmup -1          | --warmup=-1.0 is not within 0 to 86400",
                "latency --fps 0.5 --seconds 1| is less than one frame; use more --seconds",
                "latency --runs 0             | --runs=0 is not within 1 to 1000",
                "latency --subscribers 0      | --subscribers=0 is not within 1 to 63",
                "latency --path log --beside log | --beside log is the path that is measured anyway",
                "latency --path log --idle wait | --idle wait is for the pool path only; use backoff, yield or spin",
                "latency --channel udp:127.0.0.1:40456 --path pool | use --path log, or --channel ipc",
                "latency --cli                | --cli is for --cold: the commands are measured from their start",
                "latency --cold --fps max     | --cold is for one subscriber at a given --fps",
                "latency --cold --subscribers 2 | leave out --subscribers, --beside, --raw-file and",
                "latency --cold --cli --jitter 1ms | --jitter is not for --cli",
                "latency --causes --subscribers 2 | --causes is for one subscriber: leave out --subscribers and",
                "latency --jitter 20ms        | --jitter is longer than the time from frame to frame: use a lower",
                "latency --jitter 1ms --fps max | --jitter is for frames with a schedule: give a rate with --fps",
                "latency --jitter soon        | 'soon' is not a duration, such as 5s, 500ms or 2m",
                "video a.mp4 --runs 0         | --runs=0 is not within 1 to 1000",
                "video a.mp4 --seconds 0      | --seconds=0.0 is not above 0 and at most 3600",
                "cost --subscribers 1,99      | --subscribers=99 is not within 1 to 63",
                "cost --subscribers 1,x       | 'x' is not an int",
                "isolation --hold 0           | --hold=0 is not within 1 to 60000",
                "isolation --runs 0           | --runs=0 is not within 1 to 1000",
                "isolation --path aeron       | --path aeron has no slow reader; use pool or log",
                "peers --only pool,telepathy  | --only: there is no peer 'telepathy'; use pool, pool-spin",
                "peers --only udp             | --only udp is for --encoding jpeg",
                "peers --encoding jpeg --only mmap | --only mmap is for --encoding raw",
                "peers --runs 0               | --runs=0 is not within 1 to 1000",
                "peers --seconds 0            | --seconds=0.0 is not above 0 and at most 3600",
                "peers --warmup NaN           | --warmup=NaN is not within 0 to 3600",
                "peers --fps 0.5 --seconds 1  | is less than one frame; use more --seconds",
                "peers --size 12              | '12' is not WIDTHxHEIGHT, such as 640x480",
                "jpeg --quality 0             | --quality=0 is not within 1 to 100",
                "jpeg --seconds 0             | --seconds=0.0 is not above 0 and at most 600",
                "jpeg --runs 0                | --runs=0 is not within 1 to 100",
                "latency --frobnicate         | Unknown option: '--frobnicate'",
                "frobnicate                   | Unmatched argument at index 0: 'frobnicate'",
            })
    void wrongOptionsAreRefusedWithTheReasonAndTheWayOut(String arguments, String reason) {
        StringWriter err = new StringWriter();
        assertEquals(CommandLine.ExitCode.USAGE, execute(arguments, new StringWriter(), err));
        assertEquals(2, err.toString().lines().count(), err::toString);
        assertTrue(err.toString().startsWith("bench: "), err::toString);
        assertTrue(err.toString().contains(reason), err::toString);
    }

    @Test
    void helpListsTheCommands() {
        StringWriter out = new StringWriter();
        assertEquals(CommandLine.ExitCode.OK, execute("--help", out, new StringWriter()));
        assertTrue(out.toString().contains("latency") && out.toString().contains("cost"), out::toString);
        assertTrue(!out.toString().contains("role"), out::toString);
    }

    private static int execute(String arguments, StringWriter out, StringWriter err) {
        return Bench.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.split(" +"));
    }
}
