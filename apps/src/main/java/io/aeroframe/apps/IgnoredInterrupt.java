package io.aeroframe.apps;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Ctrl-C where it is ignored: a shell without job control, which is to say a script, has the processes that it starts
 * with {@code &} ignore SIGINT. The JVM goes along with that, so that neither Ctrl-C nor {@code kill -INT} would end
 * them.
 */
final class IgnoredInterrupt {

    private static final String IGNORED = "SigIgn:"; // a line of /proc/PID/status: signal 1 is the lowest bit
    private static final long INTERRUPT_BIT = 1L << 1;

    private IgnoredInterrupt() {}

    /**
     * Has the signal end this process, if it is ignored. Linux only, where /proc shows it.
     *
     * @param status the exit status of a process that the signal ends.
     */
    static void heed(int status) {
        if (!isIgnored()) {
            return;
        }
        LibC.heedInterrupts();
        try {
            handle((proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    System.exit(status); // runs the hooks of the shutdown
                }
                return null;
            });
        } catch (ReflectiveOperationException ex) {
            return; // the default action ends the process, without its cleanup
        }
    }

    private static boolean isIgnored() {
        Path status = Path.of("/proc/self/status");
        try {
            // The name of the program, in the first line, can be in any encoding.
            for (String line :
                    Files.readString(status, StandardCharsets.ISO_8859_1).split("\n")) {
                if (line.startsWith(IGNORED)) {
                    long mask = Long.parseUnsignedLong(
                            line.substring(IGNORED.length()).strip(), 16);
                    return (mask & INTERRUPT_BIT) != 0;
                }
            }
            return false;
        } catch (IOException | NumberFormatException ex) {
            return false; // not Linux
        }
    }

    /** By reflection: the compiler warns of sun.misc, which has the only way to handle a signal. */
    private static void handle(InvocationHandler handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        Object proxy = Proxy.newProxyInstance(IgnoredInterrupt.class.getClassLoader(), new Class<?>[] {type}, handler);
        Object interrupt = signal.getConstructor(String.class).newInstance("INT");
        signal.getMethod("handle", signal, type).invoke(null, interrupt, proxy);
    }
}
