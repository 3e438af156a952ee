package io.aeroframe.apps;

import io.aeroframe.apps.monitor.StreamJson;
import io.aeroframe.apps.monitor.StreamRow;
import io.aeroframe.apps.monitor.StreamTable;
import io.aeroframe.transport.StreamMonitor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aeroframe list}: the streams of this host. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "List the streams of this host.",
            "Reads what publishers and subscribers show of themselves: nobody subscribes, and they do not notice."
        })
final class ListCommand implements Callable<Integer> {

    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final StopSignal stop;

    @Option(names = "--watch", description = "Print the list again each second, until Ctrl-C.")
    private boolean watch;

    @Mixin
    private MonitorOptions options;

    ListCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException {
        try (StreamMonitor monitor = options.open()) {
            while (true) {
                print(StreamRow.of(monitor.look(), System.nanoTime()));
                if (!watch || stop.isRequested()) {
                    return 0;
                }
                LockSupport.parkNanos(INTERVAL_NS);
                if (stop.isRequested()) {
                    return 0;
                }
                if (!options.isJson()) {
                    options.print("");
                }
            }
        }
    }

    private void print(List<StreamRow> rows) throws IOException {
        if (options.isJson()) {
            options.print(StreamJson.list(rows));
            options.flush();
        } else if (rows.isEmpty()) {
            options.say("there are no streams on this host; 'aeroframe demo' publishes one");
        } else {
            StreamTable.lines(rows).forEach(options::print);
            options.flush();
        }
    }
}
