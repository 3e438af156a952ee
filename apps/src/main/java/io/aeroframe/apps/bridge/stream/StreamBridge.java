package io.aeroframe.apps.bridge.stream;

import io.aeroframe.apps.bridge.Bridge;
import io.aeroframe.apps.bridge.BridgeOptions;
import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.source.FrameSource;
import java.util.List;

/** {@code stream:NAME?channel=C}: another stream as a source. */
public final class StreamBridge implements Bridge {

    private static final String CHANNEL = "channel=";

    /** Creates the bridge. */
    public StreamBridge() {}

    @Override
    public boolean handles(String spec) {
        return spec.startsWith("stream:");
    }

    @Override
    public String describe() {
        return "another stream";
    }

    @Override
    public FrameSource openSource(String spec, BridgeOptions options) {
        String rest = spec.substring(spec.indexOf(':') + 1);
        int question = rest.indexOf('?');
        String name = question < 0 ? rest : rest.substring(0, question);
        try {
            SubscriptionContext context = new SubscriptionContext()
                    .stream(name)
                            .channel(question < 0 ? FrameChannel.IPC : channel(rest.substring(question + 1)))
                            .errorHandler(error -> options.report().accept(spec + ": " + error.getMessage()));
            context.channel().checkSubscribable();
            if (context.channel().isIpc()
                    && name.equals(options.streamName())
                    && options.channels().stream().anyMatch(FrameChannel::isIpc)) {
                throw new IllegalArgumentException("a stream cannot be its own source: publish under another name");
            }
            return new StreamSource(spec, context.delivery(Delivery.EVERY), options.driver());
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(spec + ": " + ex.getMessage(), ex);
        }
    }

    /** What is behind the question mark: one option, whose value may have characters that separate options. */
    private static FrameChannel channel(String options) {
        if (!options.startsWith(CHANNEL)) {
            throw new IllegalArgumentException("the option '" + options.split("=", 2)[0] + "' is not channel");
        }
        return FrameChannel.parse(options.substring(CHANNEL.length()));
    }

    @Override
    public FrameSink openSink(String spec, BridgeOptions options) {
        List<String> words = List.of(spec.substring(spec.indexOf(':') + 1).split("\\?", 2));
        throw new IllegalArgumentException(spec + ": a stream is a source: use aeroframe publish stream:"
                + options.streamName() + " " + words.get(0));
    }
}
