package io.aeroframe.transport;

import io.aeron.ChannelUri;
import io.aeron.CommonContext;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Through which of this host's network interfaces a UDP channel goes. */
final class LocalInterfaces {

    private LocalInterfaces() {}

    /**
     * Lets people name an interface as the system does ({@code interface=eth0}), which Aeron has in braces, and asks
     * those who send to a multicast group from a host with several to say which: Aeron would take one without a word,
     * and half of the time the wrong one.
     *
     * @param uri   the URI of the channel, completed in place.
     * @param group the address that the channel's endpoint resolves to; null if it does not.
     * @throws FrameTransportException if there is more than one to choose from, and the URI does not, or it names one
     *                                 that there is not.
     */
    static void complete(ChannelUri uri, InetAddress group) {
        String chosen = uri.get(CommonContext.INTERFACE_PARAM_NAME);
        try {
            if (chosen != null) {
                if (NetworkInterface.getByName(chosen) != null) {
                    uri.put(CommonContext.INTERFACE_PARAM_NAME, "{" + chosen + "}");
                } else if (!chosen.equals("localhost") && !chosen.matches(".*[.:{].*")) {
                    throw new FrameTransportException(
                            FrameTransportException.Reason.CHANNEL,
                            "this host has no interface '" + chosen + "', but "
                                    + String.join(
                                            ", ",
                                            NetworkInterface.networkInterfaces()
                                                    .map(NetworkInterface::getName)
                                                    .toList()));
                }
            } else if (group != null && group.isMulticastAddress()) {
                checkOnlyOne(group);
            }
        } catch (SocketException ex) {
            throw new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL,
                    "the network interfaces cannot be listed: " + ex.getMessage(),
                    ex);
        }
    }

    private static void checkOnlyOne(InetAddress group) throws SocketException {
        List<String> candidates = new ArrayList<>();
        for (NetworkInterface candidate : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (candidate.isUp() && candidate.supportsMulticast() && !candidate.isLoopback()) {
                InetAddress address = addressFor(group, candidate);
                if (address != null) {
                    candidates.add(candidate.getName() + " ("
                            + address.getHostAddress().replaceAll("%.*", "") + ")");
                }
            }
        }
        if (candidates.size() > 1) {
            throw new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL,
                    "the group " + group.getHostAddress() + " can be reached through " + String.join(", ", candidates)
                            + "; say which with |interface=NAME_OR_ADDRESS");
        }
    }

    private static InetAddress addressFor(InetAddress group, NetworkInterface candidate) {
        for (InterfaceAddress address : candidate.getInterfaceAddresses()) {
            if (address.getAddress() instanceof Inet4Address == group instanceof Inet4Address) {
                return address.getAddress();
            }
        }
        return null;
    }
}
