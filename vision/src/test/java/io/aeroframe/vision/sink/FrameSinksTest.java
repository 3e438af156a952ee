package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.transport.FrameFormat;
import java.awt.GraphicsEnvironment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSinksTest {

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final SinkOptions options =
            new SinkOptions("camera_A").standardOutput(output).json(true);

    @Test
    void opensEachKindOfSink(@TempDir Path directory) throws IOException {
        try (FrameSink sink = FrameSinks.open("null:", options)) {
            assertInstanceOf(NullSink.class, sink);
            sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 1, new byte[1]));
            assertTrue(sink.isOpen());
            assertFalse(sink.isLive());
        }
        try (FrameSink sink = FrameSinks.open(directory + "/%06d.PNG", options)) {
            assertInstanceOf(PictureSink.class, sink);
            assertFalse(sink.isLive());
        }
        try (FrameSink sink = FrameSinks.open(directory + "/at 12:30:05.png", options)) {
            assertInstanceOf(PictureSink.class, sink);
        }
        try (FrameSink sink = FrameSinks.open("digest:", options)) {
            sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 1, new byte[1]));
        }
        assertTrue(output.toString(StandardCharsets.US_ASCII).startsWith("{\"sequence\":1,"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo:bar",
                "http://host/bar.png",
                "window",
                "window:x",
                "rtsp://host/out.mp4",
                "out.m2v",
                "-",
                "zmq:tcp://localhost:1",
                "shm:frames",
                ""
            })
    void listsTheKnownSinksWhenItDoesNotKnowOne(String spec) {
        assertEquals(
                "unknown sink '" + spec
                        + "': known are window:, null:, digest:, video files (.mp4, .mov, .mkv, .webm, .ts, .avi) and"
                        + " picture"
                        + " files such as shots/%06d.png (.png, .jpg, .jpeg, .bmp, .tiff, .tif, .webp, .ppm)",
                assertThrows(IllegalArgumentException.class, () -> FrameSinks.open(spec, options))
                        .getMessage());
    }

    @Test
    void saysThatThereIsNoDisplay() {
        assumeTrue(GraphicsEnvironment.isHeadless(), "this Java process has a display");

        assertFalse(WindowSink.isAvailable());
        assertEquals(
                "window: there is no display here (DISPLAY is not set or cannot be reached); use a picture sink such as"
                        + " 'shots/%06d.png', or run under a display",
                assertThrows(IOException.class, () -> FrameSinks.open("window:", options))
                        .getMessage());
    }
}
