package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.JpegFrames;
import io.aeroframe.vision.PixelFrames;
import io.aeroframe.vision.SyntheticPictures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JPEG frame whose header names pixels that a JPEG image cannot have is a picture all the same. */
class JpegPixelFormatTest {

    private static byte[] image;

    @TempDir
    private Path directory;

    @BeforeAll
    static void encode() {
        image = SyntheticPictures.jpeg(SyntheticPictures.photograph(64, 48), 80);
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void noSinkFails(PixelFormat pixels) throws IOException {
        FrameFormat strange = new FrameFormat(64, 48, 0, pixels, FrameEncoding.JPEG, ColorEncoding.BT709_LIMITED);
        List<String> reports = new ArrayList<>();
        SinkOptions options =
                new SinkOptions("s").standardOutput(new ByteArrayOutputStream()).report(reports::add);
        List<String> sinks = List.of("null:", "digest:", "a%d.png", "b%d.jpg", "c.mp4", "d.mkv", "e.avi");
        for (String spec : sinks) {
            String file = spec.endsWith(":") ? spec : directory.resolve(spec).toString();
            try (FrameSink sink = FrameSinks.open(file, options)) {
                sink.accept(new TestFrame(FrameFormat.jpeg(64, 48), 1, image));
                sink.accept(new TestFrame(strange, 2, image));
                sink.accept(new TestFrame(FrameFormat.jpeg(64, 48), 3, image));
            }
        }
        assertTrue(Files.exists(directory.resolve("a3.png")) && Files.exists(directory.resolve("b3.jpg")));
        try (JpegFrames jpegs = new JpegFrames(80);
                PixelFrames raws = new PixelFrames(PixelFormat.BGR24, PixelFormat.GRAY8, PixelFormat.GRAY16)) {
            jpegs.of(new TestFrame(strange, 4, image));
            raws.of(new TestFrame(strange, 5, image));
        }
        new BgrRaster().read(new TestFrame(strange, 6, image), new int[64 * 48]);
    }
}
