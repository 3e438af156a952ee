package io.aeroframe.apps.monitor;

import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.StreamName;
import io.aeroframe.transport.StreamStatus;
import io.aeroframe.transport.StreamStatus.FrameTrace;
import io.aeroframe.transport.StreamStatus.Role;
import io.aeroframe.transport.StreamStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Publications and subscriptions as a monitor would see them. */
final class Statuses {

    private Statuses() {}

    /** A publication and a subscription that follows it, at an even rate until now. */
    static List<StreamStatus> stream(String name, int fps, int bytes, long latencyNs, long lost, long nowNs) {
        List<FrameTrace> sent = new ArrayList<>();
        List<FrameTrace> received = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long timeNs = nowNs - (299 - i) * 1_000_000_000L / fps;
            sent.add(new FrameTrace(i, timeNs, -1, 0, bytes));
            received.add(new FrameTrace(i, timeNs + latencyNs, latencyNs, 0, bytes));
        }
        return List.of(
                status(name, Role.PUBLICATION, State.STREAMING, name.hashCode(), Map.of(), sent),
                status(name, Role.SUBSCRIPTION, State.STREAMING, name.hashCode(), Map.of("lost", lost), received));
    }

    static StreamStatus status(
            String name,
            Role role,
            State state,
            long publicationId,
            Map<String, Long> ledger,
            List<FrameTrace> recent) {
        return new StreamStatus(
                31L * name.hashCode() + role.ordinal(),
                role,
                new StreamName(name),
                "aeron:ipc",
                "1",
                Long.MAX_VALUE, // of no process
                0,
                Delivery.EVERY,
                false,
                true,
                state,
                publicationId,
                0,
                -1,
                FrameFormat.bgr24(64, 48),
                ledger,
                0,
                recent.size(),
                recent,
                null);
    }
}
