package io.aeroframe.transport;

import java.util.List;

/**
 * What a process of {@link ChaosTest} does.
 *
 * @param name        the name of the process in reports.
 * @param isPublisher or else a subscriber.
 * @param stream      the stream of its frames.
 * @param channel     the channel as {@link FrameChannel#parse(String)} takes it.
 * @param isLossless  whether its publication waits.
 * @param delivery    the delivery of its subscription.
 */
record ChaosRole(
        String name, boolean isPublisher, String stream, String channel, boolean isLossless, Delivery delivery) {

    static ChaosRole publisher(String stream, String channel, boolean isLossless) {
        return new ChaosRole("publisher-" + stream, true, stream, channel, isLossless, Delivery.EVERY);
    }

    static ChaosRole subscriber(String stream, String channel, Delivery delivery) {
        return new ChaosRole("subscriber-" + stream, false, stream, channel, false, delivery);
    }

    static ChaosRole parse(List<String> arguments) {
        return new ChaosRole(
                arguments.get(0),
                Boolean.parseBoolean(arguments.get(1)),
                arguments.get(2),
                arguments.get(3),
                Boolean.parseBoolean(arguments.get(4)),
                Delivery.valueOf(arguments.get(5)));
    }

    List<String> arguments() {
        return List.of(
                name, Boolean.toString(isPublisher), stream, channel, Boolean.toString(isLossless), delivery.name());
    }
}
