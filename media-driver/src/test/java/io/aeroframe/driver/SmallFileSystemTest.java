package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.SmallFileSystem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class SmallFileSystemTest {

    @TempDir
    Path directory;

    @Test
    void saysHowMuchRoomTheDriverNeedsAndLeavesNothingBehind() throws Exception {
        try (SmallFileSystem small = SmallFileSystem.mount(directory.resolve("small"), 4)) {
            Path base = small.path().resolve("base");
            FrameDriverException ex = assertThrows(
                    FrameDriverException.class, () -> FrameDriver.join(new DriverContext().baseDirectory(base)));
            assertTrue(
                    ex.getMessage()
                            .startsWith(base + ": the media driver needs 20 MiB for its files and 4 MiB are free;"
                                    + " make room"),
                    ex.getMessage());
            assertTrue(ex.getMessage().contains("AEROFRAME_DIR"), ex.getMessage());
            assertEquals(1, ex.getMessage().lines().count());
            assertEquals(0, small.path().toFile().list().length);
        }
    }

    @Test
    void startsWhereThereIsJustEnoughRoom() throws Exception {
        try (SmallFileSystem small = SmallFileSystem.mount(directory.resolve("small"), 21)) {
            try (FrameDriver driver = FrameDriver.join(
                    new DriverContext().baseDirectory(small.path().resolve("base")))) {
                assertTrue(driver.isOwner());
            }
            assertEquals(0, small.path().toFile().list().length);
        }
    }
}
