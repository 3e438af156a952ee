package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DigestSinkTest {

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void writesALineAFrame() throws IOException {
        try (DigestSink sink = new DigestSink(output, false)) {
            sink.accept(new TestFrame(FrameFormat.jpeg(640, 480), 17, "abc".getBytes(StandardCharsets.US_ASCII)));
            sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 4_000_000_000L, new byte[] {'a'}));
        }

        assertEquals(
                "17, 640, 480, BGR24, JPEG, 900150983cd24fb0d6963f7d28e17f72\n"
                        + "4000000000, 1, 1, GRAY8, RAW, 0cc175b9c0f1b6a831c399e269772661\n",
                output.toString(StandardCharsets.US_ASCII));
    }

    @Test
    void writesAJsonObjectAFrame() throws IOException {
        try (DigestSink sink = new DigestSink(output, true)) {
            sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 17, new byte[] {'a'}));
        }

        assertEquals(
                "{\"sequence\":17,\"width\":1,\"height\":1,\"pixel_format\":\"GRAY8\",\"encoding\":\"RAW\","
                        + "\"md5\":\"0cc175b9c0f1b6a831c399e269772661\"}\n",
                output.toString(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void digestsTheRowsOfEveryPlaneWithoutTheirPadding(PixelFormat pixels) throws Exception {
        try (DigestSink sink = new DigestSink(output, false)) {
            sink.accept(TestPicture.chart(pixels, 51, 33, 0, 1));
            sink.accept(TestPicture.chart(pixels, 51, 33, 13, 2));
        }

        String[] lines = output.toString(StandardCharsets.US_ASCII).split("\n");
        assertEquals("1, 51, 33, " + pixels + ", RAW, " + md5WithoutPadding(pixels), lines[0]);
        assertEquals("2, 51, 33, " + pixels + ", RAW, " + md5WithoutPadding(pixels), lines[1]);
    }

    /** A tight frame of an even stride has no padding at all, so its payload is the reference. */
    private static String md5WithoutPadding(PixelFormat pixels) throws Exception {
        TestFrame frame = TestPicture.chart(pixels, 51, 33, 0, 0);
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        int at = 0;
        for (int plane = 0; plane < pixels.planeCount(); plane++) {
            for (int row = 0; row < (plane == 0 ? 33 : 17); row++) {
                byte[] bytes = new byte[pixels.rowLength(plane, 51)];
                frame.payload().getBytes(at, bytes);
                md5.update(bytes);
                at += bytes.length;
            }
        }
        assertEquals(frame.payloadLength(), at);
        return HexFormat.of().formatHex(md5.digest());
    }

    @Test
    void writesASlowStreamLineByLine() throws IOException {
        DigestSink sink = new DigestSink(output, false);

        sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 1, new byte[1]));

        assertTrue(output.size() > 0);
    }

    @Test
    void gathersTheLinesOfAFastStreamUntilFlushed() throws IOException {
        long start = System.nanoTime();
        DigestSink sink = new DigestSink(output, false);
        sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 1, new byte[1]));
        int first = output.size();
        sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 2, new byte[1]));
        if (System.nanoTime() - start < DigestSink.FLUSH_INTERVAL_NS) {
            assertEquals(first, output.size());
        }

        sink.flush();

        assertEquals(2 * first, output.size());
    }

    @Test
    void saysThatTheReaderOfThePipeIsGone() throws IOException {
        PipedOutputStream pipe = new PipedOutputStream();
        new PipedInputStream(pipe).close();
        DigestSink sink = new DigestSink(pipe, false);

        IOException thrown = assertThrows(
                IOException.class, () -> sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 1, new byte[1])));

        assertEquals(
                "digest: no more lines can be written (Pipe closed): what reads them has ended, or the disk "
                        + "they go to is"
                        + " full",
                thrown.getMessage());
        assertFalse(sink.isOpen());
        sink.close();
    }

    @Test
    void noticesAProcessThatStoppedReading() throws Exception {
        Process head = new ProcessBuilder("head", "-n", "1").start();
        DigestSink sink = new DigestSink(head.getOutputStream(), false);
        sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 1, new byte[1]));
        assertTrue(head.waitFor(120, TimeUnit.SECONDS));

        IOException thrown = assertThrows(IOException.class, () -> {
            sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 2, new byte[1]));
            sink.flush();
        });

        assertTrue(thrown.getMessage().startsWith("digest: no more lines can be written ("), thrown.getMessage());
    }

    @Test
    void noticesTheErrorThatAPrintStreamHides() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        DigestSink sink = new DigestSink(new PrintStream(full), false);

        assertThrows(IOException.class, () -> sink.accept(new TestFrame(FrameFormat.gray8(1, 1), 1, new byte[1])));
        assertFalse(sink.isOpen());
    }
}
