package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Programs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Machines that lack something, and moments that are rare. */
class MachineIT {

    private static final String SMALL = "pattern:320x240@60";

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    /** As where JNA's library cannot be unpacked, or its file system is mounted noexec. */
    @Test
    void withoutNativeCallsThreadsNapAndOpenCvDoesJpeg() throws Exception {
        AeroframeProcess publisher = withoutJna(
                "publish", SMALL, "s", "--frames", "30", "--encoding", "jpeg", "--await-subscriber", "--verbose");
        AeroframeProcess subscriber = withoutJna("subscribe", "s", "null:", "--verbose");
        publisher.expectExit(0);
        subscriber.expectExit(0);
        for (AeroframeProcess process : List.of(publisher, subscriber)) {
            assertFalse(process.errors().contains("\tat "), process::toString);
            assertEquals(1, count(process, "waiting takes short naps, because the C library cannot be called"));
            assertEquals(1, count(process, "JPEG by OpenCV, which is several times slower, as TurboJPEG cannot be"));
        }
        assertTrue(subscriber.errors().contains("received s: 30 frames of 320x240 JPEG"), subscriber::toString);
    }

    /** As by a laptop's lid, a debugger or a container that is paused: longer than any timeout of the driver. */
    @Test
    void aStreamGoesOnAfterEveryProcessWasFrozen() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", SMALL, "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:");
        subscriber.awaitOutputLines(20);
        List<AeroframeProcess> all = List.of(publisher, subscriber);
        all.forEach(process -> process.signal("STOP"));
        assertFalse(publisher.endsWithin(25_000), publisher::toString);
        int before = subscriber.outputLines().size();
        all.forEach(process -> process.signal("CONT"));
        subscriber.awaitOutputLines(before + 60);
        publisher.interrupt();
        publisher.expectExit(130);
        subscriber.expectExit(0);
        all.forEach(process -> assertFalse(process.errors().contains("\tat "), process::toString));
    }

    /** 64 MiB is what Docker gives a container. */
    @Test
    void aStreamGoesOnWhenSomebodyElseFillsTheSharedMemory() throws Exception {
        Path mount = sandbox.directory("small");
        assumeTrue(
                Programs.succeeds("mount", "-t", "tmpfs", "-o", "mode=700,size=64m", "tmpfs", mount.toString()),
                "a small file system cannot be mounted here: that takes root");
        try {
            sandbox.baseDirectory(mount.resolve("base"));
            AeroframeProcess publisher = sandbox.start("publish", SMALL, "s");
            AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:");
            subscriber.awaitOutputLines(20);
            Programs.succeeds("dd", "if=/dev/zero", "of=" + mount.resolve("other"), "bs=1M"); // until nothing is free
            subscriber.awaitOutputLines(subscriber.outputLines().size() + 60);
            AeroframeProcess late = sandbox.start("publish", SMALL, "t");
            late.expectExit(1);
            assertEquals(1, late.errorLines().size(), late::toString);
            assertTrue(late.errors().contains("no room"), late::toString);
            publisher.interrupt();
            publisher.expectExit(130);
            subscriber.expectExit(0);
        } finally {
            assertTrue(Programs.succeeds("umount", "--lazy", mount.toString()), "umount " + mount);
        }
    }

    private AeroframeProcess withoutJna(String... arguments) throws Exception {
        List<String> command = AeroframeProcess.command(List.of(arguments));
        command.addAll(1, List.of("-Djna.nounpack=true", "-Djna.boot.library.path=/nowhere", "-Djna.nosys=true"));
        return sandbox.startCommand(command);
    }

    private static long count(AeroframeProcess process, String words) {
        return process.errorLines().stream()
                .filter(line -> line.contains(words))
                .count();
    }
}
