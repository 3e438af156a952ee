package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.MemoryDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that share a base directory, but not a network. */
@Timeout(180)
class NetworkNamespaceTest {

    private static final List<String> IN_ANOTHER_NETWORK = List.of("unshare", "--net");

    private MemoryDirectory directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = new MemoryDirectory();
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    private DriverContext context() {
        return new DriverContext().baseDirectory(directory.base()).takesOver(false);
    }

    @Test
    void aDriverOfTheSameNetworkIsKnownToBeInIt() throws Exception {
        try (JoiningProcess host = JoiningProcess.start(directory.base(), false)) {
            assertEquals("host " + directory.base().resolve("aeron"), host.joined());
            try (FrameDriver guest = FrameDriver.join(context())) {
                assertTrue(guest.sharesNetwork());
            }
        }
    }

    @Test
    void aDriverOfAnotherNetworkIsKnownNotToBeInThisOne() throws Exception {
        Assumptions.assumeTrue(canUnshare(), "this user may not make a network namespace");
        try (JoiningProcess host = JoiningProcess.start(IN_ANOTHER_NETWORK, directory.base(), false)) {
            assertEquals("host " + directory.base().resolve("aeron"), host.joined());
            try (FrameDriver guest = FrameDriver.join(context());
                    FrameDriver other =
                            FrameDriver.join(new DriverContext().aeronDirectory(Path.of(guest.aeronDirectoryName())))) {
                assertFalse(guest.sharesNetwork());
                assertFalse(other.sharesNetwork());
                assertEquals("left", host.left());
                assertTrue(guest.sharesNetwork(), "no driver is up: it is not known");
                try (FrameDriver next = FrameDriver.join(context())) {
                    assertTrue(next.sharesNetwork());
                    assertTrue(guest.sharesNetwork());
                }
            }
        }
    }

    @Test
    void aNetworkThatIsNotKnownIsTakenForThisOne() {
        DriverClock clock = DriverClock.startingNow();
        assertTrue(new Announcement("1 2", clock, Announcement.UNKNOWN).sharesNetwork());
        assertEquals(
                !Announcement.ownNetwork().equals(Announcement.UNKNOWN),
                !new Announcement("1 2", clock, "net:[1]").sharesNetwork());
    }

    private static boolean canUnshare() throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "--net", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException ex) {
            return false;
        }
    }
}
