package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files of pixels alone, from {@code --input-size} and {@code --input-format} to a subscriber. */
class RawVideoIT {

    private static final int FRAME_LENGTH = 64 * 48 * 3 / 2;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    private List<String> md5s = new ArrayList<>();

    /** Frames of I420 that begin with their number, and some bytes more. */
    private Path film(int frames, int rest) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(frames * FRAME_LENGTH + rest);
        for (int i = 0; i < frames; i++) {
            bytes.putInt(i * FRAME_LENGTH, i);
            md5s.add(Pictures.md5(Arrays.copyOfRange(bytes.array(), i * FRAME_LENGTH, (i + 1) * FRAME_LENGTH)));
        }
        return Files.write(directory.resolve("film.yuv"), bytes.array());
    }

    private AeroframeProcess publish(Path film, Object... more) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("publish", film, "s", "--format", "native", "--lossless"));
        arguments.addAll(List.of("--await-subscriber", "--json", "--input-size", "64x48"));
        arguments.addAll(List.of("--input-format", "yuv420p"));
        arguments.addAll(List.of(more));
        return sandbox.start(arguments.toArray());
    }

    @Test
    void itsFramesArriveFromATimeOn() throws Exception {
        Path film = film(2_703, 0);
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json");
        AeroframeProcess publisher = publish(film, "--start", "00:01:30", "--fps", "30000/1001");
        Report published = Report.of(publisher);
        Report received = Report.of(subscriber);
        assertEquals(md5s.subList(2_698, 2_703), received.md5s()); // 90 s are 2697.3 frames
        assertEquals(5, published.number("published"));
    }

    @Test
    void whatIsNotAWholeFrameIsNamedAndCounted() throws Exception {
        Path film = film(5, 100);
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json");
        AeroframeProcess publisher = publish(film, "--fps", "max");
        publisher.expectExit(3);
        assertEquals(md5s, Report.of(subscriber).md5s());
        assertEquals(1, Report.ofOutput(publisher).number("ledger.decode_errors"));
        assertEquals(1, publisher.errorLines().size(), publisher::toString);
        assertTrue(publisher.errors().contains("film.yuv: its last 100 bytes are left out"), publisher::toString);
    }

    @Test
    void itIsPlayedAgain() throws Exception {
        Path film = film(3, 0);
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json");
        Report.of(publish(film, "--fps", "max", "--loop", "--frames", 7));
        List<String> twice = new ArrayList<>(md5s);
        twice.addAll(md5s);
        twice.add(md5s.get(0));
        assertEquals(twice, Report.of(subscriber).md5s());
    }
}
