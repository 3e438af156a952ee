package io.aeroframe.apps.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** What UDP needs. Nothing is sent beyond this host: multicast has a time to live of 0. */
final class Network {

    private static final int ENOUGH = 2 << 20;
    private static final int PATIENCE_MS = 500;
    private static final String GROUP = "239.255.77.77";

    private final Path root;

    /**
     * The checks of the network.
     *
     * @param root the root of the file system with the kernel's settings.
     */
    Network(Path root) {
        this.root = root;
    }

    Finding buffers() throws IOException {
        long receive = limit("rmem_max");
        long send = limit("wmem_max");
        if (receive < 0) {
            return Finding.ok("UDP buffers", "their limits are not known on this system");
        }
        String found = "up to " + (receive >> 10) + " KiB to receive and " + (send >> 10) + " KiB to send";
        return receive >= ENOUGH && send >= ENOUGH
                ? Finding.ok("UDP buffers", found)
                : Finding.hint(
                        "UDP buffers",
                        found + ": large frames come in bursts, and are lost or slow",
                        "sysctl -w net.core.rmem_max=8388608 net.core.wmem_max=8388608");
    }

    private long limit(String name) throws IOException {
        Path file = root.resolve("proc/sys/net/core").resolve(name);
        if (!Files.isReadable(file)) {
            return -1;
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) { // the kernel gives a number out in one read only
            return Long.parseLong(reader.readLine().strip());
        }
    }

    Finding loopback() throws IOException {
        InetAddress address = InetAddress.getByName("127.0.0.1");
        try (DatagramSocket receiver = new DatagramSocket(new InetSocketAddress(address, 0));
                DatagramSocket sender = new DatagramSocket(new InetSocketAddress(address, 0))) {
            boolean hasArrived = false;
            String reason = "is dropped";
            try {
                hasArrived = isReceived(sender, receiver, new InetSocketAddress(address, receiver.getLocalPort()));
            } catch (IOException ex) {
                reason = "cannot be sent (" + ex.getMessage() + ")";
            }
            return hasArrived
                    ? Finding.ok("UDP on this host", "arrives")
                    : Finding.broken(
                            "UDP on this host",
                            "a datagram to 127.0.0.1 " + reason + ": a firewall is in the way, or lo is down",
                            "ip link set lo up; nft insert rule inet filter input iifname lo accept");
        }
    }

    Finding multicast() throws IOException {
        List<NetworkInterface> candidates =
                NetworkInterface.networkInterfaces().filter(Network::isUsable).toList();
        if (candidates.isEmpty()) {
            return Finding.ok("multicast", "not possible: no network interface but loopback is up");
        }
        List<String> deaf = new ArrayList<>();
        for (NetworkInterface candidate : candidates) {
            if (!isHeard(candidate)) {
                deaf.add(candidate.getName());
            }
        }
        String names = candidates.stream()
                .map(NetworkInterface::getName)
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
        if (!deaf.isEmpty()) {
            return Finding.hint(
                    "multicast",
                    "datagrams to a group on " + String.join(", ", deaf)
                            + " do not come back to this host: a firewall is in the way",
                    "nft insert rule inet filter input ip daddr 224.0.0.0/4 accept");
        }
        if (!hasRoute()) {
            return Finding.hint(
                    "multicast",
                    "has no route: a channel has to name its interface, as in udp:" + GROUP + ":40456?interface="
                            + candidates.get(0).getName(),
                    "ip route add 224.0.0.0/4 dev " + candidates.get(0).getName());
        }
        return Finding.ok("multicast", "works on " + names);
    }

    private static boolean isUsable(NetworkInterface candidate) {
        try {
            return candidate.isUp()
                    && !candidate.isLoopback()
                    && candidate.supportsMulticast()
                    && candidate.inetAddresses().anyMatch(address -> address.getAddress().length == 4);
        } catch (IOException ex) {
            return false; // it has gone meanwhile
        }
    }

    private static boolean isHeard(NetworkInterface on) throws IOException {
        try (MulticastSocket receiver = new MulticastSocket(0);
                MulticastSocket sender = new MulticastSocket(0)) {
            InetSocketAddress group = new InetSocketAddress(GROUP, receiver.getLocalPort());
            receiver.joinGroup(group, on);
            sender.setNetworkInterface(on);
            sender.setTimeToLive(0);
            sender.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            return isReceived(sender, receiver, group);
        } catch (IOException ex) {
            return false; // a firewall may also refuse the sending
        }
    }

    private static boolean hasRoute() {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(GROUP, 1));
            return true;
        } catch (IOException | UncheckedIOException ex) {
            return false;
        }
    }

    /** Whether one of a few datagrams arrives. */
    private static boolean isReceived(DatagramSocket sender, DatagramSocket receiver, InetSocketAddress to)
            throws IOException {
        byte[] sent = Long.toHexString(ThreadLocalRandom.current().nextLong()).getBytes();
        receiver.setSoTimeout(PATIENCE_MS / 2);
        for (int attempt = 0; attempt < 2; attempt++) {
            sender.send(new DatagramPacket(sent, sent.length, to));
            try {
                DatagramPacket received = new DatagramPacket(new byte[64], 64);
                receiver.receive(received);
                return true;
            } catch (SocketTimeoutException ex) {
                continue; // the first may have been too early after joining
            }
        }
        return false;
    }
}
