package io.aeroframe.apps.bridge.pipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.source.BadFrameException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What comes out of a pipe, and what is said of one that is damaged. */
class PipeSourceTest {

    /**
     * What is in the pipe; the options; the words of the error.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                            |                      | standard input is empty
            `hello, world`                |                      | starts with 68 65 6C 6C 6F
            `000x7JJJJJJJ0`               | --pipe-digits 5      | the length at byte 0 is '000x7'
            `-0007JJJJJJJ0`               | --pipe-digits 5      | the length at byte 0 is '-0007'
            `99999JJJJJJJ0`               | --pipe-digits 5      | ends at byte 13, 99991 bytes before the end
            `00000`                       | --pipe-digits 5      | the length at byte 0 is 0
            `0000000999999999JJJJJJJ0`    | --pipe-digits 16     | the length at byte 0 is 999999999, more
            `99999999999999999999JJJ0`    | --pipe-digits 20     | the length at byte 0 is 99999999999999999999
            `000`                         | --pipe-digits 5      | ends at byte 3, within the 5 digits of a length
            `00007JJJ`                    | --pipe-digits 5      | ends at byte 8, 4 bytes before the end of the image
            `00007JJJJJJJ`                | --pipe-digits 5      | ends at byte 12, where 0 (more images follow) or 1
            `00007JJJJJJJ2`               | --pipe-digits 5      | byte 12 is '2', where 0 (more images follow) or 1
            `00007JJJJJJJ000`             | --pipe-digits 5      | ends at byte 15, within the 5 digits of a
            `YUV4MPEG2 W0 H0\\n`          |                      | W0 H0
            `YUV4MPEG2 W2 H2 C444\\n`     |                      | C444
            `YUV4MPEG2 W2 H2\\nFRAMEX\\n` |                      | byte 16 starts the line 'FRAMEX'
            `YUV4MPEG2 W2 H2\\nFRAME\\n1` |                      | ends at byte 23, within the frame of 2x2 I420
            `YUV4MPEG2`                   |                      | ends at byte 9, within the first line
            `12345`                       | --pipe raw:2x2:bgr24 | ends at byte 5, within the frame of 2x2 BGR24
            """)
    void aDamagedPipeIsReportedWithTheOffset(String content, String options, String words) throws Exception {
        byte[] bytes = content.replace("\\n", "\n").getBytes(StandardCharsets.ISO_8859_1);
        try (PipeSource source = open(bytes, options)) {
            IOException error = assertThrows(IOException.class, () -> readAll(source));
            assertTrue(error.getMessage().contains(words), error::getMessage);
        }
    }

    private static void readAll(PipeSource source) throws IOException {
        for (int i = 0; i < 100; i++) {
            try {
                if (!source.advance()) {
                    return;
                }
            } catch (BadFrameException ex) {
                continue; // the test is of what follows
            }
        }
    }

    @Test
    void anImageThatIsNoneIsOneBadFrame() throws Exception {
        byte[] image = jpeg(64, 48);
        byte[] pipe = concat(
                text("00007"), text("garbage"), text("0"), text(length(image, 5)), image, text("1"), text("ignored"));
        try (PipeSource source = open(pipe, "--pipe-digits 5")) {
            assertThrows(BadFrameException.class, source::advance);
            assertTrue(source.advance());
            assertArrayEquals(image, payload(source));
            assertFalse(source.advance());
        }
    }

    @Test
    void theNumberOfDigitsIsFound() throws Exception {
        byte[] image = jpeg(64, 48);
        for (int digits : new int[] {4, 5, 16, 26, 64}) {
            byte[] one = concat(text(length(image, digits)), image);
            try (PipeSource source = open(concat(one, text("0"), one, text("1")), null)) {
                assertTrue(source.advance());
                assertTrue(source.advance());
                assertArrayEquals(image, payload(source));
                assertFalse(source.advance());
            }
        }
    }

    /** Lengths as {@code str(length).ljust(16)} writes them. */
    @Test
    void lengthsMayBePaddedWithSpaces() throws Exception {
        byte[] image = jpeg(64, 48);
        byte[] one = concat(text(String.format("%-16d", image.length)), image);
        try (PipeSource source = open(concat(one, text("0"), one, text("1")), null)) {
            assertTrue(source.advance());
            assertTrue(source.advance());
            assertFalse(source.advance());
        }
    }

    /** A flag that is written with the next frame must not delay this one. */
    @Test
    void aFrameIsThereBeforeItsFlag() throws Exception {
        byte[] image = jpeg(64, 48);
        ReadableByteChannel channel = new FailingAtEnd(concat(text(length(image, 5)), image));
        try (PipeSource source = new PipeSource(channel, options("--pipe-digits 5"), false)) {
            assertTrue(source.advance());
            assertArrayEquals(image, payload(source));
        }
    }

    /** A thumbnail has an end marker of its own, and there may be anything between images. */
    @Test
    void bareImagesAreSplitAtTheirOwnEnds() throws Exception {
        byte[] inner = jpeg(32, 32);
        byte[] image = withThumbnail(jpeg(64, 48), inner);
        byte[] damaged = image.clone();
        damaged[3] = 0; // a marker that is none
        byte[] pipe = concat(image, new byte[] {0, 0, (byte) 0xFF}, image, text("garbage"), image, image);
        try (PipeSource source = open(pipe, null)) {
            List<byte[]> read = new ArrayList<>();
            int bad = 0;
            while (true) {
                try {
                    if (!source.advance()) {
                        break;
                    }
                    read.add(payload(source));
                } catch (BadFrameException ex) {
                    bad++;
                }
            }
            assertEquals(4, read.size());
            read.forEach(one -> assertArrayEquals(image, one));
            assertEquals(1, bad);
        }
    }

    @Test
    void anImageThatIsCutShortIsBadAndTheNextIsRead() throws Exception {
        byte[] image = jpeg(64, 48);
        byte[] cut = Arrays.copyOf(image, image.length - 20);
        try (PipeSource source = open(concat(image, cut, image), null)) {
            assertTrue(source.advance());
            assertThrows(BadFrameException.class, source::advance);
            List<byte[]> read = new ArrayList<>();
            for (boolean isOver = false; !isOver; ) {
                try {
                    isOver = !source.advance();
                    if (!isOver) {
                        read.add(payload(source));
                    }
                } catch (BadFrameException ex) {
                    assertTrue(ex.getMessage().contains("byte"), ex::getMessage);
                }
            }
            assertEquals(1, read.size());
            assertArrayEquals(image, read.get(0));
        }
    }

    @Test
    void aBareImageThatDoesNotEndIsReportedWithTheOffset() throws Exception {
        byte[] image = jpeg(64, 48);
        byte[] cut = Arrays.copyOf(image, image.length - 20);
        try (PipeSource source = open(concat(image, cut), null)) {
            assertTrue(source.advance());
            IOException error = assertThrows(IOException.class, source::advance);
            assertTrue(error.getMessage().contains("ends at byte " + (2 * image.length - 20)), error::getMessage);
            assertTrue(error.getMessage().contains("starts at byte " + image.length), error::getMessage);
        }
    }

    @Test
    void rawFramesAreReadByTheirFormat() throws Exception {
        byte[] pixels = text("abcdefghijklmnopqrstuvwx");
        try (PipeSource source = open(pixels, "--pipe raw:2x2:bgr24")) {
            assertTrue(source.advance());
            assertEquals(FrameFormat.bgr24(2, 2), source.format());
            assertTrue(source.advance());
            assertArrayEquals(text("mnopqrstuvwx"), payload(source));
            assertFalse(source.advance());
        }
        try (PipeSource source = open(text("YUV4MPEG2 W3 H1 F30:1\nFRAME\nyyyuuvv"), null)) {
            assertTrue(source.advance());
            assertEquals(PixelFormat.I420, source.format().pixelFormat());
            assertEquals(30, source.framesPerSecond());
            assertFalse(source.isLive(), "it has a rate, at which it is played");
            assertFalse(source.advance());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --pipe mp4                | --pipe mp4 is not known
            --pipe raw:0x0:bgr24      | raw:0x0:bgr24
            --pipe raw:64x48:bgr25    | bgr25
            --pipe raw:64x48          | raw:64x48
            --pipe-digits 0           | --pipe-digits 0: give 1 to 64
            --pipe-digits 65          | --pipe-digits 65: give 1 to 64
            """)
    void optionsAreChecked(String typed, String words) {
        PipeOptions options = options(typed);
        Exception error = assertThrows(IllegalArgumentException.class, () -> {
            options.validateFor("-");
            PipeKinds.validateForSource(options.kind());
        });
        assertTrue(error.getMessage().contains(words), error::getMessage);
    }

    private static PipeSource open(byte[] pipe, String options) {
        return new PipeSource(Channels.newChannel(new ByteArrayInputStream(pipe)), options(options), false);
    }

    private static PipeOptions options(String typed) {
        PipeOptions options = new PipeOptions();
        CommandLine line = new CommandLine(CommandLine.Model.CommandSpec.create()
                .addMixin("pipe", CommandLine.Model.CommandSpec.forAnnotatedObject(options)));
        line.parseArgs(typed == null ? new String[0] : typed.split(" "));
        return options;
    }

    private static byte[] payload(PipeSource source) {
        byte[] bytes = new byte[source.maxPayloadLength()];
        source.inPlace().get(0, bytes);
        return bytes;
    }

    private static byte[] jpeg(int width, int height) throws IOException {
        FrameFormat format = FrameFormat.bgr24(width, height);
        ByteBuffer pixels = ByteBuffer.allocateDirect(format.maxPayloadLength());
        for (int i = 0; i < pixels.capacity(); i++) {
            pixels.put(i, (byte) (i * 31));
        }
        ByteBuffer image =
                ByteBuffer.allocateDirect(FrameFormat.jpeg(width, height).maxPayloadLength());
        try (JpegCodec codec = JpegCodecs.open()) {
            byte[] bytes = new byte[codec.encode(pixels, format, 80, image)];
            image.get(0, bytes);
            assertEquals(FrameEncoding.JPEG, FrameFormat.jpeg(width, height).encoding());
            return bytes;
        }
    }

    /** Puts an image into a segment behind the start of another, as cameras do. */
    private static byte[] withThumbnail(byte[] image, byte[] thumbnail) {
        int length = thumbnail.length + 2;
        byte[] head = {image[0], image[1], (byte) 0xFF, (byte) 0xE1, (byte) (length >> 8), (byte) length};
        return concat(head, thumbnail, Arrays.copyOfRange(image, 2, image.length));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String length(byte[] image, int digits) {
        return String.format("%0" + digits + "d", image.length);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A pipe whose writer has not closed it: to read on would wait, and fails here. */
    private static final class FailingAtEnd implements ReadableByteChannel {

        private final ByteBuffer content;

        FailingAtEnd(byte[] content) {
            this.content = ByteBuffer.wrap(content);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (!content.hasRemaining()) {
                throw new IOException("this would wait");
            }
            int count = Math.min(content.remaining(), target.remaining());
            target.put(content.slice(content.position(), count));
            content.position(content.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
