package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults of a machine, made for real, are found, and the command that is printed mends them. */
class DoctorIT {

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    private record Result(String severity, String found, String remedy) {}

    @Test
    void thisMachineIsNotBroken() throws Exception {
        AeroframeProcess doctor = sandbox.start("doctor");
        doctor.expectExit(0);
        List<String> lines = doctor.outputLines();
        assertTrue(lines.get(0).matches("ok +Java .*"), doctor::toString);
        assertTrue(lines.stream().allMatch(line -> line.matches("(ok|hint|broken) .*|  +-> .+")), doctor::toString);
    }

    @Test
    void aSmallSharedMemoryIsFoundAndEnlarged() throws Exception {
        Path mount = sandbox.directory("small");
        assumeTrue(
                Programs.succeeds("mount", "-t", "tmpfs", "-o", "mode=700,size=16m", "tmpfs", mount.toString()),
                "a small file system cannot be mounted here: that takes root");
        try {
            sandbox.baseDirectory(mount.resolve("base"));
            Result small = examine(1).get("shared memory");
            assertEquals("broken", small.severity(), small::toString);
            boolean isContainer = small.remedy().startsWith("docker run --shm-size=");
            String remedy = isContainer ? "mount -o remount,size=2g " + mount : small.remedy();
            assertTrue(Programs.succeeds(remedy.split(" ")), small::toString);
            Result large = examine(0).get("shared memory");
            assertEquals("ok", large.severity(), large::toString);
        } finally {
            assertTrue(Programs.succeeds("umount", "--lazy", mount.toString()), "umount " + mount);
        }
    }

    @Test
    void aKilledPublisherLeavesFilesThatAreFoundAndRemoved() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@50", "s");
        sandbox.awaitDriver();
        Await.until("its files", () -> {
            try {
                return sandbox.leftovers().stream()
                        .anyMatch(file -> file.getFileName().toString().startsWith("pool-"));
            } catch (IOException ex) {
                throw new IllegalStateException(ex);
            }
        });
        assertEquals("ok", examine(0).get("leftovers").severity());
        publisher.kill();
        Result leftovers = examine(0).get("leftovers");
        assertEquals("hint", leftovers.severity(), leftovers::toString);
        assertTrue(leftovers.found().matches("[2-9] files .*"), leftovers::toString); // a pool, a status, rehearsals'
        assertTrue(Programs.succeeds(leftovers.remedy().split(" ")), leftovers::toString);
        assertEquals("ok", examine(0).get("leftovers").severity());
        AeroframeProcess last = sandbox.start("publish", "pattern:320x240@50", "s", "--frames", "1"); // sweeps the rest
        last.awaitExit();
    }

    @Test
    void withoutNativeCodeEachConsequenceIsNamed() throws Exception {
        List<String> command = new ArrayList<>(AeroframeProcess.command(List.of("doctor", "--json")));
        command.addAll(1, List.of("-Djna.nounpack=true", "-Djna.boot.library.path=/nowhere", "-Djna.nosys=true"));
        AeroframeProcess doctor = sandbox.startCommand(command);
        doctor.expectExit(0);
        Map<String, Result> found = parse(doctor);
        assertEquals("hint", found.get("waiting").severity(), doctor::toString);
        assertEquals("hint", found.get("JPEG").severity(), doctor::toString);
        assertEquals("apt-get install libturbojpeg0", found.get("JPEG").remedy());
    }

    private Map<String, Result> examine(int status) throws Exception {
        AeroframeProcess doctor = sandbox.start("doctor", "--json");
        doctor.expectExit(status);
        return parse(doctor);
    }

    private static Map<String, Result> parse(AeroframeProcess doctor) throws IOException {
        Map<String, Result> results = new LinkedHashMap<>();
        for (String line : doctor.outputLines()) {
            Map<String, Object> fields = Report.parse(line);
            results.put(
                    (String) fields.get("check"),
                    new Result((String) fields.get("severity"), (String) fields.get("found"), (String)
                            fields.get("remedy")));
        }
        return results;
    }
}
