package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ContextTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(16, 16);

    @Test
    void aPublicationContextIsConcludedOnce() {
        PublicationContext context = new PublicationContext().stream("once").format(FORMAT);

        context.conclude();

        assertRefused(context::conclude, "PublicationContext", "once");
    }

    @Test
    void aSubscriptionContextIsConcludedOnce() {
        SubscriptionContext context = new SubscriptionContext().stream("once");

        context.conclude(error -> {});

        assertRefused(() -> context.conclude(error -> {}), "SubscriptionContext", "once");
    }

    @Test
    void aConnectionContextIsConcludedOnce() {
        ConnectionContext context = new ConnectionContext();

        context.conclude();

        assertRefused(context::conclude, "ConnectionContext");
    }

    @Test
    void aSettingThatIsNotValidCanBeCorrected() {
        PublicationContext context =
                new PublicationContext().stream("corrected").format(FORMAT).slots(1);
        assertThrows(IllegalArgumentException.class, context::conclude);

        context.slots(3).conclude();

        assertRefused(context::conclude, "PublicationContext", "corrected");
    }

    private static void assertRefused(Executable conclude, String... names) {
        String message = assertThrows(IllegalStateException.class, conclude).getMessage();
        for (String name : names) {
            assertTrue(message.contains(name), message);
        }
    }
}
