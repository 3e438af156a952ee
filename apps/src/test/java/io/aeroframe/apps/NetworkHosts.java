package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A small LAN: a switch and hosts, each a network namespace, so that nothing of it can be seen outside. It is for root,
 * and the tests are skipped elsewhere. The hosts share the kernel, its clock and its boot identity.
 */
final class NetworkHosts implements BeforeEachCallback, AfterEachCallback {

    private static final String PREFIX = "aeroframe-it-";
    private static final String SWITCH = "switch";

    private final int count;
    private final Sandbox sandbox;
    private final List<String> namespaces = new ArrayList<>();
    private final Thread cleanup = new Thread(this::removeAll);

    /**
     * A LAN that is there during each test. Register it before the sandbox, so that it goes after the processes in it.
     *
     * @param count   the count of hosts, numbered from 1; host N has the address 10.77.0.N.
     * @param sandbox that runs the processes.
     */
    NetworkHosts(int count, Sandbox sandbox) {
        this.count = count;
        this.sandbox = sandbox;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException, InterruptedException {
        assumeTrue(
                Programs.isInstalled("ip") && Programs.isInstalled("nft"),
                "network namespaces need the programs ip (iproute2) and nft (nftables)");
        sweep();
        Runtime.getRuntime().addShutdownHook(cleanup);
        try {
            add(SWITCH);
        } catch (IOException ex) {
            assumeTrue(false, "network namespaces cannot be made here: " + ex.getMessage());
        }
        run("ip", "-n", name(SWITCH), "link", "add", "br0", "type", "bridge");
        run("ip", "-n", name(SWITCH), "link", "set", "br0", "up");
        for (int host = 1; host <= count; host++) {
            String at = name(host);
            add(Integer.toString(host));
            run(
                    "ip",
                    "-n",
                    name(SWITCH),
                    "link",
                    "add",
                    "p" + host,
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "eth0",
                    "netns",
                    at);
            run("ip", "-n", name(SWITCH), "link", "set", "p" + host, "master", "br0", "up");
            run("ip", "-n", at, "address", "add", address(host) + "/24", "dev", "eth0");
            run("ip", "-n", at, "link", "set", "eth0", "up");
            run("ip", "-n", at, "link", "set", "lo", "up");
        }
    }

    /** What a test whose JVM was killed has left behind. */
    private static void sweep() throws IOException, InterruptedException {
        for (String line : run("ip", "netns", "list").lines().toList()) {
            String found = line.split(" ")[0];
            if (found.matches(PREFIX + "\\d+-.*")
                    && ProcessHandle.of(Long.parseLong(found.split("-")[2])).isEmpty()) {
                run("ip", "netns", "delete", found);
            }
        }
    }

    /** Gives a host a second cable to the switch. */
    void addInterface(int host) throws IOException, InterruptedException {
        run("ip", "-n", name(SWITCH), "link", "add", "q", "type", "veth", "peer", "name", "eth1", "netns", name(host));
        run("ip", "-n", name(SWITCH), "link", "set", "q", "up");
        run("ip", "-n", name(host), "address", "add", "10.78.0." + host + "/24", "dev", "eth1");
        run("ip", "-n", name(host), "link", "set", "eth1", "up");
    }

    private void add(String host) throws IOException, InterruptedException {
        run("ip", "netns", "add", name(host));
        namespaces.add(name(host));
    }

    private static String name(Object host) {
        return PREFIX + ProcessHandle.current().pid() + "-" + host;
    }

    static String address(int host) {
        return "10.77.0." + host;
    }

    AeroframeProcess start(int host, Object... arguments) throws IOException {
        sandbox.host("host-" + host);
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        command.addAll(AeroframeProcess.command(texts));
        return sandbox.startCommand(command);
    }

    /** Waits until a host listens at a UDP port. */
    void awaitListening(int host, int port) {
        String entry = String.format(":%04X ", port);
        Await.until(
                "host " + host + " at port " + port,
                () -> read(host, "/proc/net/udp").contains(entry),
                () -> "");
    }

    /** Bytes that a host has sent over its cable. */
    long transmittedBytes(int host) {
        String line = read(host, "/proc/net/dev")
                .lines()
                .filter(text -> text.strip().startsWith("eth0:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.substring(line.indexOf(':') + 1).strip().split(" +")[8]);
    }

    /** From now on a host loses so many of a hundred datagrams that come to it. */
    void loseDatagrams(int host, int percent) throws IOException, InterruptedException {
        filter(host, "meta l4proto udp numgen random mod 100 < " + percent + " counter drop", "");
    }

    /** From now on no datagram gets to a host, and none away. */
    void cutOff(int host) throws IOException, InterruptedException {
        String rule = "meta l4proto udp counter drop";
        filter(host, rule, "chain out { type filter hook output priority 0; " + rule + "; }");
    }

    private static void filter(int host, String rule, String more) throws IOException, InterruptedException {
        run(
                "ip",
                "netns",
                "exec",
                name(host),
                "nft",
                "table inet fault {\nchain in { type filter hook input priority 0; " + rule + "; }\n" + more + "\n}");
    }

    /** Datagrams that were lost to the fault of a host. */
    long droppedDatagrams(int host) throws IOException, InterruptedException {
        String rules = run("ip", "netns", "exec", name(host), "nft", "list", "table", "inet", "fault");
        String packets = rules.replaceAll("(?s).*?counter packets (\\d+).*", "$1");
        return Long.parseLong(packets);
    }

    void heal(int host) throws IOException, InterruptedException {
        run("ip", "netns", "exec", name(host), "nft", "delete", "table", "inet", "fault");
    }

    private static String read(int host, String file) {
        try {
            return run("ip", "netns", "exec", name(host), "cat", file);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            throw new IllegalStateException("interrupted", ex);
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(Await.PATIENCE_S, TimeUnit.SECONDS), () -> List.of(command) + " does not end");
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
        return output;
    }

    private void removeAll() {
        for (String namespace : namespaces) {
            try {
                run("ip", "netns", "delete", namespace);
            } catch (IOException | InterruptedException ex) {
                System.err.println(ex.getMessage());
            }
        }
        namespaces.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        int made = namespaces.size();
        Runtime.getRuntime().removeShutdownHook(cleanup);
        removeAll();
        assertEquals(count + 1, made, "hosts and their switch");
    }
}
