package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.SyntheticPictures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Web cameras send JPEG images in many ways: each arrives byte for byte. */
@Timeout(600)
class MjpegOverHttpTest {

    private static final String MULTIPART = "multipart/x-mixed-replace;boundary=";

    /** Holds what could be taken for the end of an image and for a boundary, in a segment. */
    private static byte[] jpeg() {
        byte[] plain = SyntheticPictures.jpeg(SyntheticPictures.photograph(160, 120), 90);
        byte[] comment = "\u00FF\u00D8\u00FF\u00D9\r\n--frame\r\n".getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(plain.length + 4 + comment.length)
                .put(plain, 0, 2)
                .put((byte) 0xFF)
                .put((byte) 0xFE)
                .putShort((short) (comment.length + 2))
                .put(comment)
                .put(plain, 2, plain.length - 2)
                .array();
    }

    /** The content type, and what comes before each image and after it; LENGTH is its own, ~ the end of a line. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            M frame     | --frame~Content-Type: image/jpeg~Content-Length: LENGTH~~     | ~
            M "frame"   | --frame~Content-Type: image/jpeg~Content-Length: LENGTH~~     | ~
            M --frame   | --frame~Content-Type: image/jpeg~Content-Length: LENGTH~~     | ~
            M --frame   | ----frame~Content-Type: image/jpeg~Content-Length: LENGTH~~   | ~
            M frame     | --frame~content-type:image/jpeg~X-Time: 1~content-length:LENGTH~~ | ''
            M frame     | --frame~Content-Type: image/jpeg~~                            | ~
            M "frame"   | --frame~Content-Type: image/jpeg~~                            | ~
            M --frame   | --frame~Content-Type: image/jpeg~~                            | ~
            M frame     | --frame~Content-Length: LENGTH~~                              | ~
            M frame     | --frame~~                                                     | ~
            M frame     | --frame~Content-Type: image/jpg~Content-Length: LENGTH~~      | ~
            M frame     | frame~Content-Type: image/jpeg~Content-Length: LENGTH~~       | ~
            M frame     | frame~Content-Type: image/jpeg~~                              | ~
            M frame     | ''                                                            | ''
            ''          | --frame~Content-Type: image/jpeg~Content-Length: LENGTH~~     | ~
            ''          | --frame~Content-Type: image/jpeg~~                            | ~
            ''          | --frame~Content-Length: LENGTH~~                              | ~
            ''          | ''                                                            | ''
            image/jpeg  | ''                                                            | ''
            video/x-motion-jpeg | ''                                                    | ~
            """)
    void everyImageArrivesAsItWasSent(String type, String before, String after) throws Exception {
        byte[] jpeg = jpeg();
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        part.write(text(before, jpeg.length));
        part.write(jpeg);
        part.write(text(after, jpeg.length));
        try (LiveServer server = new LiveServer(type.replaceFirst("^M ", MULTIPART), part.toByteArray());
                FfmpegSource source = FfmpegSource.open(server.url(), new SourceOptions())) {
            assertTrue(source.isLive());
            for (int i = 0; i < 10; i++) {
                assertTrue(source.advance());
                assertEquals(FrameFormat.jpeg(160, 120), source.format());
                ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
                byte[] passed = new byte[source.write(target)];
                target.get(0, passed);
                assertArrayEquals(jpeg, passed);
            }
        }
    }

    private static byte[] text(String template, int length) {
        return template.replace("~", "\r\n")
                .replace("LENGTH", String.valueOf(length))
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void imagesAreFoundHoweverTheirBytesArePaced() throws IOException {
        byte[] jpeg = jpeg();
        for (int step : new int[] {1, 2, 3, 1_000}) {
            JpegSplitter splitter = new JpegSplitter();
            int images = 0;
            for (int round = 0; round < 3; round++) {
                for (int from = 0; from < jpeg.length; from += step) {
                    byte[] piece = Arrays.copyOfRange(jpeg, from, Math.min(jpeg.length, from + step));
                    splitter.add(piece, piece.length);
                    for (byte[] image = splitter.next(); image != null; image = splitter.next()) {
                        assertArrayEquals(jpeg, image);
                        images++;
                    }
                }
            }
            assertEquals(3, images);
        }
    }

    @Test
    void aTruncatedImageDoesNotTakeTheNextOneWithIt() throws IOException {
        byte[] jpeg = jpeg();
        JpegSplitter splitter = new JpegSplitter();
        splitter.add(jpeg, jpeg.length - 100);
        assertNull(splitter.next());
        splitter.add(jpeg, jpeg.length);
        assertArrayEquals(Arrays.copyOf(jpeg, jpeg.length - 100), splitter.next());
        assertArrayEquals(jpeg, splitter.next());
    }
}
