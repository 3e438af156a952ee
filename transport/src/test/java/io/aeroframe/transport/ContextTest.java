package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void theThreadsOfAConnectionAreTheFactorys() throws IOException {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        ConnectionContext context = new ConnectionContext().threadFactory(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
        try (LiveHost host = LiveHost.start();
                Aeroframe aeroframe = Aeroframe.connect(host.driver(), context)) {
            assertEquals(ConnectionState.CONNECTED, aeroframe.state());
            assertEquals(
                    List.of("aeroframe-client", "aeroframe-connection"),
                    threads.stream().map(Thread::getName).sorted().toList());
        }
        LiveHost.await("the threads to end", () -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void aThreadFactoryThatMakesNoThreadIsNamedInTheError() throws IOException {
        ConnectionContext context = new ConnectionContext().threadFactory(task -> null);
        try (LiveHost host = LiveHost.start()) {
            Exception refusal =
                    assertThrows(IllegalStateException.class, () -> Aeroframe.connect(host.driver(), context));
            assertTrue(refusal.getMessage().contains("thread factory"), refusal::getMessage);
        }
    }

    private static void assertRefused(Executable conclude, String... names) {
        String message = assertThrows(IllegalStateException.class, conclude).getMessage();
        for (String name : names) {
            assertTrue(message.contains(name), message);
        }
    }
}
