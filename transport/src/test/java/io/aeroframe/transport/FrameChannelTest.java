package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.ChannelUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.SystemUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class FrameChannelTest {

    private static LiveHost host;

    @BeforeAll
    static void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    static List<FrameFormat> formats() {
        return List.of(
                FrameFormat.gray8(1, 1),
                FrameFormat.bgr24(1, 1),
                FrameFormat.gray8(320, 240),
                FrameFormat.jpeg(640, 480),
                FrameFormat.bgr24(640, 480),
                FrameFormat.bgr24(1280, 688),
                FrameFormat.bgr24(1920, 1080),
                FrameFormat.raw(PixelFormat.NV12, 3840, 2160),
                FrameFormat.bgr24(3840, 2160),
                FrameFormat.jpeg(7680, 4320),
                FrameFormat.bgr24(7680, 4320),
                FrameFormat.raw(PixelFormat.BGRA32, 7680, 4320));
    }

    @ParameterizedTest
    @CsvSource({
        "ipc, aeron:ipc",
        "udp:127.0.0.1:40123, aeron:udp?endpoint=127.0.0.1:40123",
        "udp:camera.local:1, aeron:udp?endpoint=camera.local:1",
        "udp:[::1]:40123, aeron:udp?endpoint=[::1]:40123",
        "udp:224.0.1.1:40456, aeron:udp?endpoint=224.0.1.1:40456",
        "IPC, aeron:ipc",
        "ipc?pool=off, aeron:ipc?pool=off",
        "udp:h:1?interface=eth0, aeron:udp?endpoint=h:1|interface=eth0",
        "udp:h:1?interface=eth0&mtu=8k, aeron:udp?endpoint=h:1|interface=eth0|mtu=8k",
        "udp:h:1|mtu=8k|ttl=4, aeron:udp?endpoint=h:1|mtu=8k|ttl=4",
        "UDP://192.0.2.1:9, aeron:udp?endpoint=192.0.2.1:9",
        "udp:?control=127.0.0.1:9, aeron:udp?control=127.0.0.1:9",
        "aeron:ipc, aeron:ipc",
        "aeron:ipc?term-length=64k|mtu=8k, aeron:ipc?term-length=64k|mtu=8k",
        "aeron:udp?control=127.0.0.1:9|control-mode=dynamic, aeron:udp?control=127.0.0.1:9|control-mode=dynamic"
    })
    void readsWhatPeopleWrite(String text, String uri) {
        FrameChannel channel = FrameChannel.parse(text);
        assertEquals(uri, channel.uri());
        assertEquals(uri, channel.toString());
        assertEquals(uri.startsWith("aeron:ipc"), channel.isIpc());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; it is not known",
                "tcp:x; it is not known",
                "udp; it is not known",
                "udp:; '' is not HOST:PORT",
                "udp:foo; 'foo' is not HOST:PORT",
                "udp::40123; ':40123' is not HOST:PORT",
                "udp:h:; port '' is not within 0 to 65535",
                "udp:h:x; port 'x' is not within 0 to 65535",
                "udp:h:-1; port '-1' is not within 0 to 65535",
                "udp:h:99999; port '99999' is not within 0 to 65535",
                "udp:h:1?interface; 'interface' is not a parameter such as interface=eth0",
                "udp:h:1?; '' is not a parameter such as interface=eth0",
                "udp:?mtu=8k; it has neither an endpoint nor a control address",
                "udp:h:1?mtu=zz; mtu=zz is not a size such as 64k or 16m",
                "udp:h:0?mtu=8k; port 0 is one that nobody can know",
                "ipcs; it is not known",
                "udp:::1:40123; '::1:40123' has a bare IPv6 address: write [::1]:40123",
                "aeron:; ",
                "aeron:tcp; unknown media: tcp",
                "aeron:udp; it has neither an endpoint nor a control address",
                "aeron:udp?endpoint=h; 'h' is not HOST:PORT",
                "udp:239.1.1.2:4000; the group 239.1.1.2 ends in an even number: take an odd one, Aeron "
                        + "needs the even one after it for what receivers answer",
                "aeron:udp?control=h; 'h' is not HOST:PORT",
                "aeron:udp?endpoint=h:1|control-mode=dynamic; control-mode=dynamic needs control=HOST:PORT, "
                        + "an address of the publisher's host",
                "aeron:udp?control=h:1|control-mode=manual; ",
                "aeron:udp?endpoint=239.1.1.1:4000|control=h:1; a multicast group needs no control address: "
                        + "leave one of the two out",
                "aeron:ipc?term-length=zz; term-length=zz is not a size such as 64k or 16m",
                "aeron:ipc?term-length=-1; ",
                "aeron:ipc?mtu=0; mtu=0 is not positive",
                "aeron:ipc?pub-wnd=9999999999999999999g; ",
                "aeron:ipc?mtu=99g; mtu=99g is over 2147483647 bytes"
            })
    void refusesWhatIsMalformedAndSaysWhy(String text, String reason) {
        String input = text == null ? "" : text;
        IllegalArgumentException ex = assertThrows(IllegalArgumentException.class, () -> FrameChannel.parse(input));
        String message = ex.getMessage();
        assertTrue(message.startsWith("channel '" + input + "': "), message);
        assertTrue(message.endsWith("; use ipc, udp:HOST:PORT or an Aeron channel URI"), message);
        assertEquals(1, message.lines().count());
        if (reason != null) {
            assertTrue(message.contains(": " + reason + ";"), message);
        }
    }

    @Test
    void refusesNull() {
        assertThrows(IllegalArgumentException.class, () -> FrameChannel.parse(null));
        assertThrows(IllegalArgumentException.class, () -> new FrameChannel(null));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void choosesATermAndAWindowThatFitTheFrame(FrameFormat format) {
        int length = format.maxPayloadLength() + FrameHeader.LENGTH;
        for (String way : new String[] {"ipc", "udp:127.0.0.1:40123", "udp:192.0.2.1:40123"}) {
            ChannelUri uri = ChannelUri.parse(FrameChannel.parse(way).publicationUri(length, false));
            long term = size(uri, "term-length");
            long window = size(uri, "pub-wnd");
            int mtu = (int) size(uri, "mtu");
            assertTrue(BitUtil.isPowerOfTwo((int) term) && term >= 64 << 10 && term <= 64 << 20, uri::toString);
            assertTrue(window <= term / 2, uri::toString);
            assertEquals(way.contains("192") ? 1_408 : 65_504, mtu);
            long framed = FrameChannel.framedLength(length, mtu);
            assertTrue(framed >= length && framed % 32 == 0);
            assertTrue(window >= Math.min(2 * framed, 32 << 20), () -> "no two frames in flight: " + uri);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aeron:udp?endpoint=239.1.1.1:40123|interface=127.0.0.1",
                "aeron:udp?control=192.0.2.1:40123",
                "aeron:udp?control=192.0.2.1:40123|control-mode=dynamic"
            })
    void aGroupGoesAsFastAsItsFastestReceiverAndKeepsASecondForTheOthers(String text) {
        ChannelUri uri = ChannelUri.parse(new FrameChannel(text).publicationUri(FrameHeader.LENGTH + 115_200, false));
        assertEquals("max", uri.get("fc"));
        assertEquals(4 << 20, size(uri, "term-length"));
        assertEquals(text.contains("control") ? "dynamic" : null, uri.get("control-mode"));
        assertEquals(
                "min",
                ChannelUri.parse(new FrameChannel(text + "|fc=min").publicationUri(1_000, false))
                        .get("fc"));
    }

    @Test
    void anInterfaceGoesByItsName() throws SocketException {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        FrameChannel channel = new FrameChannel("aeron:udp?endpoint=239.1.1.1:40123|interface=" + loopback.getName());
        assertEquals(
                "{" + loopback.getName() + "}",
                ChannelUri.parse(channel.subscriptionUri()).get("interface"));
    }

    @Test
    void aSubscriptionNeedsAnAddressOfItsOwn() {
        FrameChannel channel = FrameChannel.parse("aeron:udp?control=192.0.2.1:40123|control-mode=dynamic");
        IllegalArgumentException ex = assertThrows(IllegalArgumentException.class, channel::checkSubscribable);
        assertTrue(ex.getMessage().contains("endpoint=THIS_HOST:PORT|control=192.0.2.1:40123"), ex.getMessage());
    }

    @Test
    void countsTheLogThatAMessageTakes() {
        assertEquals(64, FrameChannel.framedLength(1, 1_408));
        assertEquals(1_408, FrameChannel.framedLength(1_376, 1_408));
        assertEquals(1_408 + 64, FrameChannel.framedLength(1_377, 1_408));
        assertEquals(2 * 65_504, FrameChannel.framedLength(2 * 65_472, 65_504));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aeronTakesWhatIsChosen(FrameFormat format) {
        for (String way : new String[] {"ipc", "aeron:ipc?pool=off", "udp"}) {
            FrameChannel channel = LiveHost.channel(way);
            try (FramePublication publication = host.aeroframe()
                    .addPublication(new PublicationContext()
                            .stream("sizes").channel(channel).format(format))) {
                assertEquals(way.equals("ipc"), publication.isPooled());
                assertFalse(publication.isConnected());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "aeron:ipc?term-length=64k",
        "aeron:ipc?term-length=128k|pub-wnd=16k",
        "aeron:ipc?mtu=1408",
        "aeron:ipc?pub-wnd=8m",
        "aeron:ipc?pub-wnd=100k|mtu=4k",
        "aeron:udp?endpoint=127.0.0.1:0|term-length=64k",
        "aeron:udp?endpoint=127.0.0.1:40128|mtu=8k"
    })
    void leavesAloneWhatTheUserSetsAndFitsTheRestToIt(String text) {
        FrameChannel channel = FrameChannel.parse(
                text.replace(":0|", ":" + LiveHost.freeUdp().uri().replaceAll(".*:", "") + "|"));
        FrameFormat format = FrameFormat.bgr24(640, 480);
        ChannelUri given = ChannelUri.parse(channel.uri());
        for (String uri :
                new String[] {channel.publicationUri(format.maxPayloadLength(), false), channel.descriptorUri(false)}) {
            ChannelUri chosen = ChannelUri.parse(uri);
            for (String parameter : new String[] {"term-length", "mtu", "pub-wnd"}) {
                if (given.containsKey(parameter)) {
                    assertEquals(size(given, parameter), size(chosen, parameter), uri);
                }
            }
        }
        for (boolean isPooled : new boolean[] {true, false}) {
            try (FramePublication publication = host.aeroframe()
                    .addPublication(new PublicationContext()
                            .stream("refused").channel(channel).format(format).pooled(isPooled))) {
                assertEquals(channel, publication.channel());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"aeron:ipc?term-length=100k", "aeron:ipc?mtu=1000", "aeron:ipc?mtu=1m"})
    void saysWhyAeronRefusesASetting(String text) {
        for (boolean isPooled : new boolean[] {true, false}) {
            FrameTransportException ex = assertThrows(FrameTransportException.class, () -> host.aeroframe()
                    .addPublication(new PublicationContext()
                            .stream("refused")
                                    .channel(FrameChannel.parse(text))
                                    .format(FrameFormat.bgr24(640, 480))
                                    .pooled(isPooled)));
            assertTrue(ex.getMessage().startsWith("stream 'refused' on channel '" + text + "': "), ex.getMessage());
            assertFalse(ex.getMessage().contains("errorCode"), ex.getMessage());
            assertFalse(ex.getMessage().contains("Exception"), ex.getMessage());
            assertEquals(1, ex.getMessage().lines().count());
        }
    }

    private static long size(ChannelUri uri, String parameter) {
        return SystemUtil.parseSize(parameter, uri.get(parameter));
    }
}
