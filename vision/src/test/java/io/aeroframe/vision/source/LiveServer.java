package io.aeroframe.vision.source;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A web server that sends the same bytes over and over, without a length, as cameras do, for as long as they are taken.
 * On loopback.
 */
final class LiveServer implements AutoCloseable {

    private final String contentType; // empty for none
    private final byte[] bytes;
    private final List<Socket> connections = new ArrayList<>();
    private ServerSocket server;
    private int port;

    LiveServer(String contentType, byte[] bytes) throws IOException {
        this.contentType = contentType;
        this.bytes = bytes;
        start();
    }

    String url() {
        return "http://127.0.0.1:" + port + "/live";
    }

    /** Starts, again on the same port. */
    void start() throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        port = socket.getLocalPort();
        server = socket;
        run(() -> accept(socket));
    }

    /** Breaks all connections and takes no new ones. */
    void stop() throws IOException {
        server.close();
        synchronized (connections) {
            for (Socket connection : connections) {
                connection.close();
            }
            connections.clear();
        }
    }

    private void accept(ServerSocket socket) {
        while (true) {
            try {
                Socket connection = socket.accept();
                synchronized (connections) {
                    connections.add(connection);
                }
                run(() -> send(connection));
            } catch (IOException e) {
                return; // it was stopped
            }
        }
    }

    private void send(Socket connection) {
        try (connection) {
            OutputStream output = connection.getOutputStream();
            String type = contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n";
            output.write(
                    ("HTTP/1.0 200 OK\r\n" + type + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            while (true) {
                output.write(bytes);
            }
        } catch (IOException e) {
            return; // the client has gone, or the server was stopped
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "live-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
