package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class RehearsalTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String THREAD = "aeroframe-rehearsal";

    private final List<Throwable> reported = new CopyOnWriteArrayList<>();
    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
        release();
    }

    @AfterEach
    void stop() {
        host.close();
        release();
    }

    private static void release() {
        for (Rehearsal.FramePath path : Rehearsal.FramePath.values()) {
            path.release();
        }
    }

    private ConnectionContext context(Duration longest) {
        ConnectionContext context = new ConnectionContext().rehearsal(longest).errorHandler(reported::add);
        context.conclude();
        return context;
    }

    @ParameterizedTest
    @EnumSource
    void sendsThousandsOfFramesOnceAndLeavesNothing(Rehearsal.FramePath path) throws IOException {
        Path shared = host.driver().sharedDirectory();
        Set<String> filesBefore = files(shared);
        Set<String> countersBefore = counters();
        ConnectionContext context = context(LONG);
        PoolReaper pools = new PoolReaper();
        DriverConnection connection = DriverConnection.open(host.driver(), context, pools);
        PublicationPools.Host poolHost =
                new PublicationPools.Host(new SharedDirectory(shared), pools, context.errorHandler());
        try {
            Rehearsal rehearsal = Rehearsal.begin(connection, poolHost, context, path);
            assertNotNull(rehearsal);
            assertNull(Rehearsal.begin(connection, poolHost, context, path), "one for each JVM");
            LiveHost.await("the end of the rehearsal", () -> !rehearsal.isRunning(), rehearsal::toString);
            // Each frame reaches a subscription of every frame and most reach one of the latest frame. Some claims are
            // aborted, and some frames find no room.
            assertTrue(rehearsal.received() > 10_000, rehearsal.toString());
            assertNull(Rehearsal.begin(connection, poolHost, context, path), "one for each JVM");
            LiveHost.await("its counters to be gone", () -> counters().equals(countersBefore), () -> counters()
                    .toString());
            LiveHost.await("its pool to be gone", () -> files(shared).equals(filesBefore), () -> files(shared)
                    .toString());
        } finally {
            pools.close(0);
            connection.close(false);
        }
        assertEquals(List.of(), reported);
    }

    @Test
    void publicationsAndSubscriptionsHaveLedgersOfTheirOwn() {
        String stream = LiveHost.uniqueStream("after a rehearsal");
        try (Aeroframe aeroframe = connect(LONG);
                FramePublication publication = aeroframe.addPublication(stream, FrameFormat.gray8(64, 64));
                FrameSubscription subscription = aeroframe.addSubscription(stream)) {
            assertEquals(1, rehearsals());
            LiveHost.await("the end of the rehearsal", () -> rehearsals() == 0);
            assertEquals(0, publication.ledger().published());
            assertEquals(0, subscription.ledger().received());
            LiveHost.awaitConnected(publication);
            publication.tryClaim().commit();
            LiveHost.pollUntil(
                    subscription,
                    frame -> assertEquals(64, frame.format().width()),
                    () -> subscription.ledger().received() == 1);
        }
        assertEquals(List.of(), reported);
    }

    @Test
    void canBeSwitchedOff() {
        try (Aeroframe aeroframe = connect(Duration.ZERO);
                FrameSubscription subscription = aeroframe.addSubscription("not rehearsed")) {
            assertEquals(StreamState.WAITING, subscription.state());
            assertEquals(0, rehearsals());
        }
        ConnectionContext negative = new ConnectionContext().rehearsal(Duration.ofMillis(-1));
        assertTrue(assertThrows(IllegalArgumentException.class, negative::conclude)
                .getMessage()
                .startsWith("rehearsal=PT-0.001S is negative"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "soon", "", "2s"})
    void aPropertyThatIsNotANumberOfMillisecondsIsRefused(String text) {
        String before = System.setProperty(ConnectionContext.REHEARSAL_PROPERTY, text);
        try {
            ConnectionContext context = new ConnectionContext();
            String message = assertThrows(IllegalArgumentException.class, context::conclude)
                    .getMessage();
            assertTrue(message.startsWith("the system property aeroframe.rehearsal.ms=" + text + " is not"), message);
        } finally {
            if (before == null) {
                System.clearProperty(ConnectionContext.REHEARSAL_PROPERTY);
            } else {
                System.setProperty(ConnectionContext.REHEARSAL_PROPERTY, before);
            }
        }
    }

    @Test
    void endsWithItsConnectionAndTheNextOneRehearsesAgain() throws IOException {
        for (int i = 0; i < 3; i++) {
            Path shared = host.driver().sharedDirectory();
            Set<String> filesBefore = files(shared);
            try (Aeroframe aeroframe = connect(LONG)) {
                assertFalse(aeroframe
                        .addPublication("cut short", FrameFormat.gray8(64, 64))
                        .isConnected());
                assertEquals(1, rehearsals());
            }
            assertEquals(0, rehearsals());
            assertEquals(filesBefore, files(shared));
        }
        assertEquals(List.of(), reported);
    }

    /** Publishes, and rehearses meanwhile, until it is killed. */
    static final class Rehearsing {

        public static void main(String[] args) throws IOException {
            try (FrameDriver driver = FrameDriver.join(new DriverContext().baseDirectory(Path.of(args[0])));
                    Aeroframe aeroframe = Aeroframe.connect(driver);
                    FramePublication publication =
                            aeroframe.addPublication("killed while it rehearses", FrameFormat.gray8(64, 64))) {
                System.out.println("rehearses " + rehearsals() + " " + publication.isPooled());
                System.in.read();
            }
        }
    }

    @Test
    void whatAKilledProcessLeavesIsRemovedByTheNextPublication() throws Exception {
        Path shared = host.driver().sharedDirectory();
        Set<String> filesBefore = files(shared);
        List<String> options = List.of("-D" + ConnectionContext.REHEARSAL_PROPERTY + "=60000");
        try (ChildJvm process = ChildJvm.start(Rehearsing.class, options, host.base())) {
            assertEquals("1 true", process.await("rehearses"));
        } // killed
        try (FramePublication publication =
                host.publish(LiveHost.uniqueStream("after a kill"), FrameFormat.gray8(64, 64))) {
            assertEquals(filesBefore.size() + 1, files(shared).size(), () -> files(shared) + " for " + publication);
        }
    }

    @Test
    void aConnectionWithoutADriverReportsItselfAndNotItsRehearsal() {
        try (Aeroframe aeroframe = connect(LONG)) {
            host.driver().close();
            assertThrows(RuntimeException.class, () -> aeroframe.addSubscription("nobody there"));
        }
        LiveHost.await("the end of the rehearsal", () -> rehearsals() == 0);
        assertEquals(List.of(), reported);
    }

    private Aeroframe connect(Duration longest) {
        return Aeroframe.connect(
                host.driver(), new ConnectionContext().rehearsal(longest).errorHandler(reported::add));
    }

    private static long rehearsals() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(THREAD))
                .count();
    }

    private static Set<String> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("pool-"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException ex) {
            throw new AssertionError(ex);
        }
    }

    private Set<String> counters() {
        Set<String> labels = new TreeSet<>();
        LiveHost.withCounters(
                host.aeroframe(),
                counters -> counters.forEach((id, label) -> {
                    if (label.contains("rehearsal")) {
                        labels.add(label);
                    }
                }));
        return labels;
    }
}
