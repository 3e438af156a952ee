package io.aeroframe.driver;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

/**
 * What the kernel grants to UDP sockets. Picture-sized messages need room for hundreds of datagrams while the receiver
 * sleeps.
 *
 * @param receiveLength bytes of SO_RCVBUF that can be had.
 * @param sendLength    bytes of SO_SNDBUF that can be had.
 */
record SocketBuffers(int receiveLength, int sendLength) {

    private static final int WANTED = 8 * 1024 * 1024;
    private static final int ENOUGH = 2 * 1024 * 1024;

    static SocketBuffers probe() {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, WANTED);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, WANTED);
            return new SocketBuffers(
                    Math.min(WANTED, channel.getOption(StandardSocketOptions.SO_RCVBUF)),
                    Math.min(WANTED, channel.getOption(StandardSocketOptions.SO_SNDBUF)));
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.SOCKET, "no UDP socket can be opened: " + ex.getMessage(), ex);
        }
    }

    Optional<String> warning() {
        if (receiveLength >= ENOUGH) {
            return Optional.empty();
        }
        return Optional.of("UDP receive buffers are limited to " + receiveLength / 1024
                + " KiB here, which throttles large frames; allow more with: sysctl -w net.core.rmem_max=8388608"
                + " net.core.wmem_max=8388608");
    }
}
