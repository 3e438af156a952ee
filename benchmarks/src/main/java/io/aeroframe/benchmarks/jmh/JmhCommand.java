package io.aeroframe.benchmarks.jmh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code bench jmh}: runs the JMH benchmarks of this module, with JMH's own options. */
@Command(
        name = "jmh",
        description = {
            "Run the JMH benchmarks, with JMH's own options, such as 'bench jmh -prof gc'. 'bench jmh -h' lists them."
        })
public final class JmhCommand implements Callable<Integer> {

    @Unmatched
    private List<String> arguments = new ArrayList<>(); // picocli adds to it

    @Override
    public Integer call() throws Exception {
        try {
            org.openjdk.jmh.Main.main(arguments.toArray(new String[0]));
            return 0;
        } finally {
            Files.deleteIfExists(Path.of(System.getProperty("java.io.tmpdir"), "jmh.lock")); // JMH leaves it behind
        }
    }
}
