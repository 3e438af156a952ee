package io.aeroframe.apps.bridge.ros;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * Where ROS is, as its environment variables say.
 *
 * @param master the master.
 * @param host   the name under which others reach this host.
 */
record RosEnvironment(URI master, String host) {

    private static final int DEFAULT_MASTER_PORT = 11_311;

    /**
     * Reads {@code ROS_MASTER_URI}, {@code ROS_HOSTNAME} and {@code ROS_IP}.
     *
     * @throws IOException if the master cannot be reached.
     */
    static RosEnvironment read() throws IOException {
        String text = System.getenv().getOrDefault("ROS_MASTER_URI", "http://localhost:" + DEFAULT_MASTER_PORT);
        try {
            URI master = URI.create(text);
            if (!"http".equals(master.getScheme()) || master.getHost() == null) {
                throw new IllegalArgumentException("give http://HOST:PORT");
            }
            return new RosEnvironment(master, host(master));
        } catch (IllegalArgumentException ex) {
            throw new IOException("ROS_MASTER_URI=" + text + ": " + ex.getMessage(), ex);
        }
    }

    /** Finds the name as rospy does. */
    private static String host(URI master) throws IOException {
        for (String variable : List.of("ROS_HOSTNAME", "ROS_IP")) {
            String value = System.getenv(variable);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        int port = master.getPort() < 0 ? DEFAULT_MASTER_PORT : master.getPort();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(master.getHost()), port)); // sends nothing
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException ex) {
            throw new IOException(
                    "the ROS master at " + master + ": " + ex.getMessage()
                            + "; set ROS_MASTER_URI, or ROS_IP to the address of this host",
                    ex);
        }
    }

    /** An address to listen on: the loopback if others reach this host there, else all interfaces. */
    InetSocketAddress anyPort() {
        InetSocketAddress named = new InetSocketAddress(host, 0);
        boolean isLocal = !named.isUnresolved() && named.getAddress().isLoopbackAddress();
        return isLocal ? named : new InetSocketAddress(0);
    }
}
