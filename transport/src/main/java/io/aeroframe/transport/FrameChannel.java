package io.aeroframe.transport;

import io.aeron.ChannelUri;
import io.aeron.CommonContext;
import io.aeron.logbuffer.LogBufferDescriptor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.BitUtil;
import org.agrona.SystemUtil;

/**
 * An Aeron channel for frames, with the settings that suit frames of a given size.
 *
 * <p>{@code ipc} is short for {@code aeron:ipc}, {@code udp:HOST:PORT} for {@code aeron:udp?endpoint=HOST:PORT}. Any
 * Aeron channel URI can be used; what it sets ({@code term-length}, {@code mtu}, {@code pub-wnd}) is kept. One
 * parameter is Aeroframe's own: {@code pool=off} sends frames over IPC through the log instead of shared memory.
 *
 * @param uri the Aeron channel URI.
 */
public record FrameChannel(String uri) {

    /** As typed: with or without slashes, and parameters separated as in a web address or as Aeron does. */
    private static final Pattern SHORT_FORM = Pattern.compile(
            "(?:ipc|udp:(?://)?(?<address>[^?|&]*))(?:[?|&](?<parameters>.*))?", Pattern.CASE_INSENSITIVE);

    private static final List<String> LENGTH_PARAMETERS = List.of(
            CommonContext.MTU_LENGTH_PARAM_NAME,
            CommonContext.TERM_LENGTH_PARAM_NAME,
            CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME);

    /** Between processes of one host. */
    public static final FrameChannel IPC = new FrameChannel("aeron:ipc");

    /** Aeron's largest: fewer fragments a frame where no network limits them. */
    private static final int MTU_WITHIN_HOST = 65_504;

    private static final int MTU_NETWORK = 1_408;
    /** In front of every fragment. */
    static final int DATA_HEADER_LENGTH = 32;

    private static final int MAX_TERM_LENGTH = 64 << 20;

    /** Frames larger than a message, or than the window, go in chunks of at most this size. */
    static final int CHUNK_LENGTH = 4 << 20;

    /**
     * Small, so that latency cannot build up in the window, and large enough to distinguish a subscriber that keeps up
     * from one that is always behind.
     */
    private static final int LIVE_WINDOW_FRAMES = 4;

    private static final int LIVE_WINDOW_LARGE_FRAMES = 2;
    private static final int LARGE_FRAME_LENGTH = 2 << 20;

    /**
     * A publication that waits for room should not wait for the driver as well, which moves the window only now and
     * then.
     */
    private static final int LOSSLESS_WINDOW_FRAMES = 8;

    private static final int MIN_WINDOW_LENGTH = 1 << 20;

    /**
     * A second at 30 frames per second: what can still be resent to a receiver that was away while the others go on.
     */
    private static final int GROUP_TERM_FRAMES = 32;

    private static final int DESCRIPTOR_TERM_LENGTH = 2 << 20;

    /**
     * A subscriber that has held back others for this long is left behind, and comes back after {@link #RESTING}; see
     * docs/reference/channels.md. A lossless publication waits instead.
     */
    private static final String WINDOW_LIMIT = "200ms";

    private static final String LINGER = "100ms";
    private static final String RESTING = "1s";
    private static final String LOSSLESS_WINDOW_LIMIT = "3600s";

    /**
     * A group goes as fast as its fastest receiver, whatever the driver's own default: one that stalls must not hold
     * back the others, and Aeron's "min" forgets live receivers when dead ones leave; see docs/reference/channels.md.
     */
    private static final String GROUP_FLOW_CONTROL = "max";

    /** Aeroframe's, and removed before Aeron sees the URI. */
    private static final String POOL_PARAMETER = "pool";

    /**
     * Validates the URI.
     *
     * @param uri the Aeron channel URI.
     * @throws IllegalArgumentException if it is not an Aeron channel for IPC or UDP; the message says what is wrong.
     */
    public FrameChannel {
        check(uri, uri);
    }

    /**
     * Reads a channel as people write it.
     *
     * @param text {@code ipc}, {@code udp:HOST:PORT}, or an Aeron channel URI. The short forms take the parameters of
     *     a URI, too: {@code udp:HOST:PORT?interface=eth0&mtu=8k}.
     * @return the channel.
     * @throws IllegalArgumentException if it is none of them.
     */
    public static FrameChannel parse(String text) {
        if (text == null) {
            throw malformed(null, "it is missing");
        }
        Matcher shortForm = SHORT_FORM.matcher(text);
        if (shortForm.matches()) {
            return parseShort(text, shortForm);
        }
        if (!text.startsWith("aeron:")) {
            throw malformed(text, "it is not known");
        }
        return new FrameChannel(text);
    }

    private static FrameChannel parseShort(String text, Matcher shortForm) {
        boolean isIpc = shortForm.group("address") == null;
        String address = shortForm.group("address");
        List<String> parameters = new ArrayList<>();
        if (!isIpc && !(address.isEmpty() && shortForm.group("parameters") != null)) {
            parameters.add("endpoint=" + address);
        }
        if (shortForm.group("parameters") != null) {
            for (String parameter : shortForm.group("parameters").split("[?|&]")) {
                if (!parameter.matches("[^=]+=.+")) {
                    throw malformed(text, "'" + parameter + "' is not a parameter such as interface=eth0");
                }
                parameters.add(parameter);
            }
        }
        String uri =
                (isIpc ? "aeron:ipc" : "aeron:udp") + (parameters.isEmpty() ? "" : "?" + String.join("|", parameters));
        check(text, uri);
        if (!isIpc && address.endsWith(":0")) {
            throw malformed(text, "port 0 is one that nobody can know");
        }
        return new FrameChannel(uri);
    }

    /** Validates a URI that was written as {@code text}. */
    private static void check(String text, String uri) {
        if (uri == null) {
            throw malformed(null, "it is missing");
        }
        ChannelUri parsed;
        try {
            parsed = ChannelUri.parse(uri);
        } catch (IllegalArgumentException ex) {
            throw malformed(text, ex.getMessage());
        }
        for (String length : LENGTH_PARAMETERS) {
            checkLength(text, parsed, length);
        }
        String pool = parsed.get(POOL_PARAMETER, "on");
        if (!pool.equals("on") && !pool.equals("off")) {
            throw malformed(text, POOL_PARAMETER + "=" + pool + " is neither on nor off");
        }
        if (parsed.isUdp()) {
            checkAddresses(text, parsed);
        } else if (!parsed.isIpc()) {
            throw malformed(text, "its media is '" + parsed.media() + "'");
        }
    }

    private static void checkAddresses(String text, ChannelUri parsed) {
        String endpoint = parsed.get(CommonContext.ENDPOINT_PARAM_NAME);
        String control = parsed.get(CommonContext.MDC_CONTROL_PARAM_NAME);
        String mode = parsed.get(CommonContext.MDC_CONTROL_MODE_PARAM_NAME);
        if (mode != null && !mode.equals(CommonContext.MDC_CONTROL_MODE_DYNAMIC)) {
            throw malformed(
                    text,
                    "control-mode=" + mode
                            + " is not dynamic, where subscribers announce themselves; for hosts that the publisher"
                            + " is to know, give it one channel for each");
        }
        if (mode != null && control == null) {
            throw malformed(
                    text, "control-mode=" + mode + " needs control=HOST:PORT, an address of the publisher's host");
        }
        if (endpoint == null && control == null) {
            throw malformed(text, "it has neither an endpoint nor a control address");
        }
        if (control != null) {
            checkAddress(text, control);
        }
        if (endpoint != null) {
            checkAddress(text, endpoint);
            checkGroup(text, endpoint, control);
        }
    }

    private static void checkAddress(String text, String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        if (colon <= 0) {
            throw malformed(text, "'" + endpoint + "' is not HOST:PORT");
        }
        if (endpoint.indexOf(':') != colon && !(endpoint.startsWith("[") && endpoint.charAt(colon - 1) == ']')) {
            throw malformed(
                    text,
                    "'" + endpoint + "' has a bare IPv6 address: write [" + endpoint.substring(0, colon) + "]"
                            + endpoint.substring(colon));
        }
        String port = endpoint.substring(colon + 1);
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw malformed(text, "port '" + port + "' is not within 0 to 65535");
        }
    }

    /** Checks numeric addresses only: a name is not resolved before the channel is used. */
    private static void checkGroup(String text, String endpoint, String control) {
        InetAddress address = endpoint.matches("[\\d.]+:\\d+|\\[.*") ? resolve(endpoint) : null;
        if (address == null || !address.isMulticastAddress()) {
            return;
        }
        if (control != null) {
            throw malformed(text, "a multicast group needs no control address: leave one of the two out");
        }
        byte[] bytes = address.getAddress();
        if (bytes[bytes.length - 1] % 2 == 0) {
            throw malformed(
                    text,
                    "the group " + address.getHostAddress()
                            + " ends in an even number: take an odd one, Aeron needs the even"
                            + " one after it for what receivers answer");
        }
    }

    /** What an endpoint's host resolves to; null if it does not, which the driver reports when the channel is used. */
    private static InetAddress resolve(String endpoint) {
        try {
            return InetAddress.getByName(endpoint.substring(0, endpoint.lastIndexOf(':')));
        } catch (UnknownHostException ex) {
            return null;
        }
    }

    private static void checkLength(String text, ChannelUri parsed, String parameter) {
        String value = parsed.get(parameter);
        if (value == null) {
            return;
        }
        try {
            long length = SystemUtil.parseSize(parameter, value);
            if (length <= 0) {
                throw malformed(text, parameter + "=" + value + " is not positive");
            }
            if (length > Integer.MAX_VALUE) {
                throw malformed(text, parameter + "=" + value + " is over " + Integer.MAX_VALUE + " bytes");
            }
        } catch (NumberFormatException ex) {
            throw malformed(text, parameter + "=" + value + " is not a size such as 64k or 16m");
        }
    }

    private static IllegalArgumentException malformed(String text, String reason) {
        return new IllegalArgumentException(
                "channel '" + text + "': " + reason + "; use ipc, udp:HOST:PORT or an Aeron channel URI");
    }

    /**
     * What publisher and subscriber of a channel both name.
     *
     * @return {@code ipc}, or the control address or endpoint, such as {@code 239.1.1.1:40456}.
     */
    public String address() {
        ChannelUri parsed = ChannelUri.parse(uri);
        String endpoint = parsed.get(CommonContext.ENDPOINT_PARAM_NAME);
        return parsed.isIpc() ? "ipc" : parsed.get(CommonContext.MDC_CONTROL_PARAM_NAME, endpoint);
    }

    /**
     * Whether the channel stays within one host's media driver.
     *
     * @return true for IPC, false for UDP.
     */
    public boolean isIpc() {
        return ChannelUri.parse(uri).isIpc();
    }

    /**
     * Whether frames may stay in shared memory, so that only their headers travel: over IPC, unless the URI has
     * {@code pool=off}.
     *
     * @return false for UDP.
     */
    public boolean allowsPool() {
        ChannelUri parsed = ChannelUri.parse(uri);
        return parsed.isIpc() && !"off".equals(parsed.get(POOL_PARAMETER));
    }

    /**
     * The URI of a publication for frames of a given size: the largest MTU that the network allows, a window of four
     * frames so that latency cannot build up in buffers (two above 2 MiB, eight for a lossless publication), and the
     * smallest term that holds the window and 8 messages, as Aeron requires. A log takes three terms of memory, so
     * terms are at most 64 MiB; larger frames go in chunks.
     *
     * @param frameLength expected bytes of a frame with its header.
     * @param isLossless  whether the publication waits for room.
     * @return the URI for {@code Aeron.addExclusivePublication}.
     */
    String publicationUri(int frameLength, boolean isLossless) {
        ChannelUri publication = publicationUri(isLossless);
        int mtu = mtu(publication);
        long framed = framedLength(frameLength, mtu);
        long message = framed <= MAX_TERM_LENGTH / 8 ? framed : CHUNK_LENGTH;
        putIfAbsent(publication, CommonContext.MTU_LENGTH_PARAM_NAME, mtu);
        if (!publication.containsKey(CommonContext.TERM_LENGTH_PARAM_NAME)) {
            int live = framed > LARGE_FRAME_LENGTH ? LIVE_WINDOW_LARGE_FRAMES : LIVE_WINDOW_FRAMES;
            int frames = isLossless ? LOSSLESS_WINDOW_FRAMES : live;
            long fitting = Math.min(MAX_TERM_LENGTH / 2, Math.max(MIN_WINDOW_LENGTH, frames * framed));
            putIfAbsent(publication, CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME, (int) fitting);
            long window = size(publication, CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME);
            long resent = isForGroup(publication) ? Math.min(MAX_TERM_LENGTH, GROUP_TERM_FRAMES * framed) : 0;
            int least = (int)
                    Math.min(LogBufferDescriptor.TERM_MAX_LENGTH, Math.max(resent, Math.max(2 * window, 8 * message)));
            putIfAbsent(publication, CommonContext.TERM_LENGTH_PARAM_NAME, BitUtil.findNextPositivePowerOfTwo(least));
        }
        return publication.toString();
    }

    /**
     * The URI of a publication whose frames are in a pool: only their headers go through the log, at 160 bytes each.
     * At two thousand frames per second its window lasts for longer than it takes to notice that a subscriber is
     * dead.
     *
     * @param isLossless whether the publication waits for room.
     * @return the URI for {@code Aeron.addExclusivePublication}.
     */
    String descriptorUri(boolean isLossless) {
        ChannelUri publication = publicationUri(isLossless);
        putIfAbsent(publication, CommonContext.MTU_LENGTH_PARAM_NAME, mtu(publication));
        if (!publication.containsKey(CommonContext.TERM_LENGTH_PARAM_NAME)) {
            long window = publication.containsKey(CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME)
                    ? size(publication, CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME)
                    : 0;
            int least =
                    (int) Math.min(LogBufferDescriptor.TERM_MAX_LENGTH, Math.max(2 * window, DESCRIPTOR_TERM_LENGTH));
            putIfAbsent(publication, CommonContext.TERM_LENGTH_PARAM_NAME, BitUtil.findNextPositivePowerOfTwo(least));
        }
        return publication.toString();
    }

    /**
     * Sets how long a publication over IPC waits for a subscriber that holds back the others; over UDP the
     * subscription sets it.
     */
    private ChannelUri publicationUri(boolean isLossless) {
        ChannelUri publication = aeronUri();
        if (publication.isIpc()) {
            putPatience(publication, isLossless ? LOSSLESS_WINDOW_LIMIT : WINDOW_LIMIT);
        } else if (isForGroup(publication)) {
            putIfAbsent(publication, CommonContext.FLOW_CONTROL_PARAM_NAME, GROUP_FLOW_CONTROL);
        }
        return publication;
    }

    /**
     * Checks that frames can be received on this channel.
     *
     * @throws IllegalArgumentException if the URI has the publisher's control address, but no endpoint to receive on.
     */
    public void checkSubscribable() {
        ChannelUri parsed = ChannelUri.parse(uri);
        if (parsed.isUdp() && !parsed.containsKey(CommonContext.ENDPOINT_PARAM_NAME)) {
            throw new IllegalArgumentException("channel '" + uri
                    + "': a subscription needs its own address beside the publisher's:"
                    + " aeron:udp?endpoint=THIS_HOST:PORT|control=" + parsed.get(CommonContext.MDC_CONTROL_PARAM_NAME)
                    + "|control-mode=dynamic");
        }
    }

    /**
     * The URI of a subscription, which does not hold back others on its host for long unless the channel has {@code
     * tether=true}.
     */
    String subscriptionUri() {
        checkSubscribable();
        ChannelUri subscription = aeronUri();
        if (!subscription.containsKey(CommonContext.TETHER_PARAM_NAME)) {
            subscription.put(CommonContext.TETHER_PARAM_NAME, "false");
        }
        if (subscription.isUdp()) {
            putPatience(subscription, WINDOW_LIMIT);
        }
        return subscription.toString();
    }

    private static void putPatience(ChannelUri uri, String windowLimit) {
        putIfAbsent(uri, CommonContext.UNTETHERED_WINDOW_LIMIT_TIMEOUT_PARAM_NAME, windowLimit);
        putIfAbsent(uri, CommonContext.UNTETHERED_LINGER_TIMEOUT_PARAM_NAME, LINGER);
        putIfAbsent(uri, CommonContext.UNTETHERED_RESTING_TIMEOUT_PARAM_NAME, RESTING);
    }

    /** The URI as Aeron sees it. */
    private ChannelUri aeronUri() {
        ChannelUri parsed = ChannelUri.parse(uri);
        parsed.remove(POOL_PARAMETER);
        if (parsed.isUdp()) {
            String endpoint = parsed.get(CommonContext.ENDPOINT_PARAM_NAME);
            try {
                LocalInterfaces.complete(parsed, endpoint == null ? null : resolve(endpoint));
            } catch (FrameTransportException ex) {
                throw new FrameTransportException(
                        FrameTransportException.Reason.CHANNEL, "channel '" + uri + "': " + ex.getMessage(), ex);
            }
            if (parsed.containsKey(CommonContext.MDC_CONTROL_PARAM_NAME)) {
                putIfAbsent(parsed, CommonContext.MDC_CONTROL_MODE_PARAM_NAME, CommonContext.MDC_CONTROL_MODE_DYNAMIC);
            }
        }
        return parsed;
    }

    /**
     * Whether one publication sends to many hosts: to a multicast group, or to all receivers that announce
     * themselves.
     */
    private static boolean isForGroup(ChannelUri uri) {
        String endpoint = uri.get(CommonContext.ENDPOINT_PARAM_NAME);
        InetAddress address = endpoint == null ? null : resolve(endpoint);
        return uri.containsKey(CommonContext.MDC_CONTROL_PARAM_NAME)
                || uri.isUdp() && address != null && address.isMulticastAddress();
    }

    /** The publication window that a channel URI sets, in bytes; half the term, Aeron's default, where it sets none. */
    static int windowLength(String publicationUri, int termLength) {
        String window = ChannelUri.parse(publicationUri).get(CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME);
        return window == null
                ? termLength / 2
                : (int) SystemUtil.parseSize(CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME, window);
    }

    /** Bytes of log that a message takes: a header for each fragment, every fragment aligned to 32. */
    static long framedLength(int messageLength, int mtu) {
        int maxPayload = mtu - DATA_HEADER_LENGTH;
        int whole = messageLength / maxPayload;
        int rest = messageLength % maxPayload;
        return (long) whole * mtu + (rest > 0 ? BitUtil.align(rest + DATA_HEADER_LENGTH, DATA_HEADER_LENGTH) : 0);
    }

    /**
     * The MTU that the URI sets, else the largest that the network, and the term and window that the URI sets, allow.
     */
    private static int mtu(ChannelUri uri) {
        long mtu = uri.isIpc() || isLoopback(uri) ? MTU_WITHIN_HOST : MTU_NETWORK;
        if (uri.containsKey(CommonContext.MTU_LENGTH_PARAM_NAME)) {
            mtu = size(uri, CommonContext.MTU_LENGTH_PARAM_NAME);
        } else {
            if (uri.containsKey(CommonContext.TERM_LENGTH_PARAM_NAME)) {
                mtu = Math.min(mtu, size(uri, CommonContext.TERM_LENGTH_PARAM_NAME) / 8);
            }
            if (uri.containsKey(CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME)) {
                mtu = Math.min(mtu, size(uri, CommonContext.PUBLICATION_WINDOW_LENGTH_PARAM_NAME));
            }
            mtu -= mtu % DATA_HEADER_LENGTH;
        }
        return (int) Math.max(2 * DATA_HEADER_LENGTH, mtu); // with less there is nothing to compute: Aeron refuses it
    }

    private static long size(ChannelUri uri, String parameter) {
        return SystemUtil.parseSize(parameter, uri.get(parameter));
    }

    private static boolean isLoopback(ChannelUri uri) {
        String endpoint = uri.get(CommonContext.ENDPOINT_PARAM_NAME);
        InetAddress address = resolve(endpoint != null ? endpoint : uri.get(CommonContext.MDC_CONTROL_PARAM_NAME));
        return address != null && address.isLoopbackAddress();
    }

    private static void putIfAbsent(ChannelUri uri, String key, int value) {
        putIfAbsent(uri, key, Integer.toString(value));
    }

    private static void putIfAbsent(ChannelUri uri, String key, String value) {
        if (!uri.containsKey(key)) {
            uri.put(key, value);
        }
    }

    @Override
    public String toString() {
        return uri;
    }
}
