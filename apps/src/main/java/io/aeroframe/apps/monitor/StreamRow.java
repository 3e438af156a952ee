package io.aeroframe.apps.monitor;

import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.StreamName;
import io.aeroframe.transport.StreamStatus;
import io.aeroframe.transport.StreamStatus.Role;
import io.aeroframe.transport.StreamStatus.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A stream as a monitor sees it: one publication and the subscriptions of this host that follow it, or subscriptions
 * without a publication of this host.
 *
 * @param stream        its name.
 * @param channel       what publisher and subscriber both name: {@code ipc} or {@code udp:HOST:PORT}.
 * @param publication   the publication; null if it is on another host, or there is none.
 * @param subscriptions the subscriptions of this host.
 * @param rates         the rates of the publication; without one, of the first subscription.
 * @param state         the state in words: {@code streaming}, {@code standby}, {@code silent for 5 s}.
 */
public record StreamRow(
        StreamName stream,
        String channel,
        StreamStatus publication,
        List<StreamStatus> subscriptions,
        Rates rates,
        String state) {

    /**
     * All streams of a host.
     *
     * @param statuses what {@link io.aeroframe.transport.StreamMonitor#look()} found.
     * @param nowNs    the present time of {@link System#nanoTime()}.
     * @return in the order of their names.
     */
    public static List<StreamRow> of(List<StreamStatus> statuses, long nowNs) {
        List<StreamRow> rows = new ArrayList<>();
        List<StreamStatus> unclaimed = new ArrayList<>(statuses);
        unclaimed.removeIf(status -> status.role() == Role.PUBLICATION);
        for (StreamStatus publication : statuses) {
            if (publication.role() == Role.PUBLICATION) {
                List<StreamStatus> followers = statuses.stream()
                        .filter(other -> other.role() == Role.SUBSCRIPTION
                                && isSameChannel(publication, other)
                                && other.publicationId() == publication.publicationId()
                                && publication.publicationId() != 0)
                        .toList();
                unclaimed.removeAll(followers);
                boolean isRivalFollowed = followers.isEmpty()
                        && statuses.stream().anyMatch(other -> isFollowedRival(publication, other, statuses));
                Rates rates = Rates.of(publication.recent(), nowNs);
                rows.add(new StreamRow(
                        publication.stream(),
                        channelOf(publication),
                        publication,
                        followers,
                        rates,
                        isRivalFollowed ? "standby" : state(publication, rates)));
            }
        }
        while (!unclaimed.isEmpty()) {
            StreamStatus first = unclaimed.get(0);
            List<StreamStatus> alike = unclaimed.stream()
                    .filter(other -> isSameChannel(first, other) && other.publicationId() == first.publicationId())
                    .toList();
            unclaimed.removeAll(alike);
            Rates rates = Rates.of(first.recent(), nowNs);
            rows.add(new StreamRow(first.stream(), channelOf(first), null, alike, rates, state(first, rates)));
        }
        rows.sort(Comparator.comparing((StreamRow row) -> row.stream().value()).thenComparing(StreamRow::channel));
        return rows;
    }

    private static boolean isSameChannel(StreamStatus a, StreamStatus b) {
        return a.stream().equals(b.stream()) && channelOf(a).equals(channelOf(b));
    }

    /** Whether a subscription follows another publication of the same name that is on this host as well. */
    private static boolean isFollowedRival(StreamStatus publication, StreamStatus other, List<StreamStatus> statuses) {
        return other.role() == Role.SUBSCRIPTION
                && isSameChannel(publication, other)
                && other.state() == State.STREAMING
                && other.publicationId() != publication.publicationId()
                && statuses.stream()
                        .anyMatch(rival -> rival.role() == Role.PUBLICATION
                                && rival.id() != publication.id()
                                && rival.publicationId() == other.publicationId());
    }

    private static String channelOf(StreamStatus status) {
        try {
            String address = FrameChannel.parse(status.channel()).address();
            return address.equals("ipc") ? address : "udp:" + address;
        } catch (IllegalArgumentException ex) {
            return status.channel(); // too long to have been shown whole
        }
    }

    private static String state(StreamStatus status, Rates rates) {
        String silence = rates.isSilent() && rates.silentNs() >= 0
                ? "silent for " + TimeUnit.NANOSECONDS.toSeconds(rates.silentNs()) + " s"
                : "streaming";
        return switch (status.state()) {
            case WAITING -> status.role() == Role.PUBLICATION ? "no frame yet" : "waiting for a publisher";
            case STREAMING -> silence;
            case NO_SUBSCRIBER -> "no subscribers";
            case NO_SLOT -> "drops: every slot is held";
            case BACK_PRESSURE -> "drops: a subscriber is slow";
            case ENDED -> "ended";
            case LOST -> "lost";
        };
    }

    /**
     * The publication, or else the first subscription.
     *
     * @return what the row's own numbers come from.
     */
    public StreamStatus source() {
        return publication == null ? subscriptions.get(0) : publication;
    }

    /**
     * The format of the last frame.
     *
     * @return the format; null if no frame has been seen.
     */
    public FrameFormat format() {
        return source().format();
    }
}
