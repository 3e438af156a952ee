package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an embedder sets reaches the driver. */
@Timeout(180)
class DriverContextTest {

    private MemoryDirectory directory;

    @BeforeEach
    void makeDirectory() {
        directory = new MemoryDirectory();
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    private DriverContext context() {
        return new DriverContext().baseDirectory(directory.base());
    }

    @Test
    void theDriversThreadsIdleAndAreMadeAsTheEmbedderSays() {
        AtomicInteger idled = new AtomicInteger();
        AtomicInteger made = new AtomicInteger();
        IdleStrategy counting = new IdleStrategy() {
            @Override
            public void idle(int workCount) {
                idled.incrementAndGet();
                LockSupport.parkNanos(1_000_000);
            }

            @Override
            public void idle() {
                idle(0);
            }

            @Override
            public void reset() {}
        };
        DriverContext context = context().idleStrategy(() -> counting).threadFactory(work -> {
            made.incrementAndGet();
            Thread thread = new Thread(work, "embedder");
            thread.setDaemon(true);
            return thread;
        });
        try (FrameDriver driver = FrameDriver.join(context)) {
            assertTrue(driver.isOwner());
            assertTrue(made.get() > 0);
            Await.until("an idle duty cycle", () -> idled.get() > 0);
        }
    }

    @Test
    void aContextIsUsedOnce() {
        DriverContext context = context();
        assertTrue(FrameDriver.tryAttach(context).isEmpty());
        assertTrue(FrameDriver.tryAttach(context).isEmpty(), "nothing has used it yet");
        try (FrameDriver driver = FrameDriver.join(context)) {
            assertTrue(driver.isOwner());
            IllegalStateException refused = assertThrows(IllegalStateException.class, () -> FrameDriver.join(context));
            assertEquals("this DriverContext was used before: make another for each driver", refused.getMessage());
            assertThrows(IllegalStateException.class, () -> FrameDriver.tryAttach(context));
        }
    }
}
