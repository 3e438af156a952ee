package io.aeroframe.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.testing.MemoryDirectory;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.ConnectionContext;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.transport.PublicationContext;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.transport.SubscriptionLedger;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.source.FfmpegTool;
import io.aeroframe.vision.source.FrameSource;
import io.aeroframe.vision.source.FrameSources;
import io.aeroframe.vision.source.SourceOptions;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import io.aeroframe.vision.zstd.ZstdCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.Mat;

/**
 * Pictures of all shapes arrive over the real transport: raw, zstd and native frames exactly, JPEG frames within 35 dB.
 * {@code -Dstress=true} sends the largest in every pixel format, too.
 */
class PictureShapesTest {

    private static final boolean IS_LONG = Boolean.getBoolean("stress");
    private static final int[][] SHAPES = {
        {1, 1}, {2, 2}, {3, 5}, {1, 17}, {65, 1}, {64, 48}, {321, 243}, {640, 480}, {1279, 719}, {1920, 1080}
    };
    private static final int[][] LARGE_SHAPES = {{3840, 2160}, {7680, 4320}};
    private static final PixelFormat[] LARGE_PIXELS =
            IS_LONG ? PixelFormat.values() : new PixelFormat[] {PixelFormat.BGR24, PixelFormat.I420};
    private static final double LEAST_PSNR = 35;
    private static final int QUALITY = 90;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);

    @TempDir
    private Path temp;

    private static final List<Picture> PICTURES = new ArrayList<>();
    private static final MemoryDirectory DIRECTORY = new MemoryDirectory();
    private static FrameDriver driver;

    /**
     * What is sent, and must arrive.
     *
     * @param format raw, without padding.
     * @param pixels the pixels of the frame.
     */
    private record Picture(FrameFormat format, ByteBuffer pixels) {}

    /** One way to put a picture into a frame. */
    private interface Sender extends AutoCloseable {
        FrameFormat format(Picture picture) throws IOException;

        int write(Picture picture, ByteBuffer target) throws IOException;

        @Override
        default void close() {}
    }

    /** Checks what became of a picture. */
    private interface Receiver {
        void check(Picture picture, Frame frame) throws IOException;
    }

    @BeforeAll
    static void start() throws IOException {
        for (int[] shape : SHAPES) {
            draw(shape, PixelFormat.values());
        }
        for (int[] shape : LARGE_SHAPES) {
            draw(shape, LARGE_PIXELS);
        }
        driver = FrameDriver.join(
                new DriverContext().baseDirectory(DIRECTORY.base()).errorHandler(error -> {}));
    }

    @AfterAll
    static void stop() {
        PICTURES.clear();
        if (driver != null) {
            driver.close();
        }
        DIRECTORY.close();
    }

    private static void draw(int[] shape, PixelFormat[] formats) {
        FrameFormat bgr = FrameFormat.bgr24(shape[0], shape[1]);
        // Of the smallest a corner of a larger one: a few pixels of different colours are not a photograph.
        Mat photograph = SyntheticPictures.photograph(Math.max(320, shape[0]), Math.max(240, shape[1]));
        ByteBuffer memory = ByteBuffer.allocateDirect(bgr.maxPayloadLength());
        photograph.submat(0, shape[1], 0, shape[0]).copyTo(Mats.view(memory, bgr));
        photograph.release();
        for (PixelFormat pixels : formats) {
            FrameFormat format = FrameFormat.raw(pixels, shape[0], shape[1]).withColor(ColorEncoding.BT601_LIMITED);
            ByteBuffer converted = ByteBuffer.allocateDirect(format.maxPayloadLength());
            try (PixelConverter converter = new PixelConverter(bgr, format)) {
                converter.convert(memory, converted);
            }
            PICTURES.add(new Picture(format, converted));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void rawFramesArriveExact(String way) throws Exception {
        deliver(way, PICTURES, new RawSender(), PictureShapesTest::assertExact);
    }

    private static final class RawSender implements Sender {
        @Override
        public FrameFormat format(Picture picture) {
            return picture.format;
        }

        @Override
        public int write(Picture picture, ByteBuffer target) {
            target.put(0, picture.pixels, 0, picture.pixels.capacity());
            return picture.pixels.capacity();
        }
    }

    private static void assertExact(Picture picture, Frame frame) {
        assertEquals(picture.format, frame.format());
        assertSamePixels(picture, frame.payloadByteBuffer());
    }

    private static void assertSamePixels(Picture picture, ByteBuffer actual) {
        assertEquals(picture.pixels.capacity(), actual.remaining());
        int at = picture.pixels.mismatch(actual);
        assertTrue(at < 0, () -> picture.format.describe() + " differs at byte " + at);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void zstdFramesArriveExact(String way) throws Exception {
        try (ZstdCodec decoder = ZstdCodec.open()) {
            deliver(way, PICTURES, new ZstdSender(), (picture, frame) -> {
                assertEquals(ZstdCodec.formatOf(picture.format), frame.format());
                FrameFormat format = frame.format().decoded();
                ByteBuffer decoded = ByteBuffer.allocateDirect(format.maxPayloadLength());
                decoder.decode(frame.payloadByteBuffer(), frame.payloadLength(), decoded, format);
                assertSamePixels(picture, decoded);
            });
        }
    }

    private static final class ZstdSender implements Sender {
        private final ZstdCodec codec = ZstdCodec.open();

        ZstdSender() throws IOException {}

        @Override
        public FrameFormat format(Picture picture) {
            return ZstdCodec.formatOf(picture.format);
        }

        @Override
        public int write(Picture picture, ByteBuffer target) throws IOException {
            return codec.encode(picture.pixels, picture.format, target);
        }

        @Override
        public void close() {
            codec.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void jpegFramesArriveAlike(String way) throws Exception {
        List<Picture> pictures = PICTURES.stream()
                .filter(picture -> picture.format.pixelFormat() == PixelFormat.BGR24
                        || picture.format.pixelFormat() == PixelFormat.GRAY8)
                .toList();
        try (JpegCodec decoder = JpegCodecs.open()) {
            deliver(way, pictures, new JpegSender(), (picture, frame) -> {
                FrameFormat format = picture.format;
                assertEquals(FrameFormat.jpeg(format.width(), format.height(), format.pixelFormat()), frame.format());
                ByteBuffer decoded = ByteBuffer.allocateDirect(format.maxPayloadLength());
                decoder.decode(frame.payloadByteBuffer(), frame.payloadLength(), decoded, format);
                double psnr = Core.PSNR(Mats.view(picture.pixels, format), Mats.view(decoded, format));
                assertTrue(psnr >= LEAST_PSNR, () -> format.describe() + ": " + psnr + " dB");
            });
        }
    }

    private static final class JpegSender implements Sender {
        private final JpegCodec codec;

        JpegSender() throws IOException {
            codec = JpegCodecs.open();
        }

        @Override
        public FrameFormat format(Picture picture) {
            return FrameFormat.jpeg(picture.format.width(), picture.format.height(), picture.format.pixelFormat());
        }

        @Override
        public int write(Picture picture, ByteBuffer target) throws IOException {
            return codec.encode(picture.pixels, picture.format, QUALITY, target);
        }

        @Override
        public void close() {
            codec.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void nativeFramesArriveExact(String way) throws Exception {
        FfmpegTool.assumeInstalled();
        List<Path> films = films();
        deliver(way, PICTURES, new NativeSender(films), (picture, frame) -> {
            assertEquals(picture.format, frame.format().withColor(picture.format.color()));
            assertSamePixels(picture, frame.payloadByteBuffer());
        });
        for (Path film : films) {
            Files.delete(film);
        }
    }

    /** Each picture as a film of one frame, whose decoder has the picture's own pixel format. */
    private List<Path> films() throws Exception {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<Path> films = new ArrayList<>();
        for (Picture picture : PICTURES) {
            Path raw = temp.resolve(films.size() + ".raw");
            try (FileChannel file = FileChannel.open(raw, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                ByteBuffer rest = picture.pixels.duplicate();
                while (rest.hasRemaining()) {
                    file.write(rest);
                }
            }
            FrameFormat format = picture.format;
            inputs.addAll(List.of("-f", "rawvideo", "-pixel_format", nameOf(format.pixelFormat())));
            inputs.addAll(List.of("-video_size", format.width() + "x" + format.height(), "-i", raw.toString()));
            outputs.addAll(List.of("-map", films.size() + ":v", "-c:v", "copy", "-f", "nut"));
            films.add(temp.resolve(films.size() + ".nut"));
            outputs.add(films.get(films.size() - 1).toString());
        }
        inputs.addAll(outputs);
        FfmpegTool.run(inputs.toArray(String[]::new));
        for (int i = 0; i < films.size(); i++) {
            Files.delete(temp.resolve(i + ".raw"));
        }
        return films;
    }

    private static String nameOf(PixelFormat pixels) {
        return switch (pixels) {
            case GRAY8 -> "gray";
            case GRAY16 -> "gray16le";
            case BGR24 -> "bgr24";
            case RGB24 -> "rgb24";
            case BGRA32 -> "bgra";
            case YUYV -> "yuyv422";
            case NV12 -> "nv12";
            case I420 -> "yuv420p";
        };
    }

    private static final class NativeSender implements Sender {
        private final Iterator<Path> films;
        private FrameSource film;

        NativeSender(List<Path> films) {
            this.films = films.iterator();
        }

        @Override
        public FrameFormat format(Picture picture) throws IOException {
            close();
            film = FrameSources.open(
                    films.next().toString(),
                    new SourceOptions()
                            .pixelFormat(null)
                            .encoding(EncodingChoice.RAW)
                            .quality(QUALITY));
            assertTrue(film.advance());
            return film.format();
        }

        @Override
        public int write(Picture picture, ByteBuffer target) throws IOException {
            return film.write(target);
        }

        @Override
        public void close() {
            if (film != null) {
                film.close();
                film = null;
            }
        }
    }

    private static void deliver(String way, List<Picture> pictures, Sender sender, Receiver receiver) throws Exception {
        FrameChannel channel = FrameChannel.parse(way.equals("udp") ? "udp:127.0.0.1:" + freePort() : way);
        try (sender;
                Aeroframe aeroframe = Aeroframe.connect(driver, new ConnectionContext().errorHandler(error -> {}));
                FramePublication publication = aeroframe.addPublication(new PublicationContext()
                        .stream("shapes")
                                .channel(channel)
                                .format(pictures.get(pictures.size() / 2).format)
                                .lossless(true));
                FrameSubscription subscription = aeroframe.addSubscription(
                        new SubscriptionContext().stream("shapes").channel(channel))) {
            await(publication::isConnected);
            FutureTask<Void> writer = new FutureTask<>(() -> {
                try (publication) {
                    for (Picture picture : pictures) {
                        send(publication, picture, sender);
                    }
                }
                return null;
            });
            Thread thread = new Thread(writer, "shapes-writer");
            thread.start();
            try {
                receive(subscription, pictures, receiver);
            } finally {
                thread.interrupt();
                thread.join();
            }
            writer.get();
        }
    }

    private static void send(FramePublication publication, Picture picture, Sender sender) throws IOException {
        FrameClaim claim = publication.tryClaim(sender.format(picture));
        claim.payloadLength(sender.write(picture, claim.byteBuffer()));
        assertTrue(claim.commit(), () -> picture.format.describe() + " was not sent");
    }

    private static void receive(FrameSubscription subscription, List<Picture> pictures, Receiver receiver) {
        int[] received = new int[1];
        long lastNs = System.nanoTime();
        while (subscription.state() != StreamState.ENDED) {
            int polled = subscription.poll(
                    frame -> {
                        assertEquals(received[0], frame.sequence());
                        try {
                            receiver.check(pictures.get(received[0]), frame);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        received[0]++;
                    },
                    1);
            if (polled > 0) {
                lastNs = System.nanoTime();
            } else if (System.nanoTime() - lastNs > PATIENCE_NS) {
                fail("timed out after 120 s waiting for "
                        + (received[0] < pictures.size()
                                ? pictures.get(received[0]).format.describe()
                                : "the end")
                        + ", " + subscription.state() + ", " + subscription.ledger());
            } else {
                LockSupport.parkNanos(100_000);
            }
        }
        assertEquals(pictures.size(), received[0]);
        SubscriptionLedger ledger = subscription.ledger();
        assertTrue(ledger.isBalanced(), ledger::toString);
        assertEquals(0, ledger.lost() + ledger.invalid());
    }

    private static void await(BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < PATIENCE_NS, "timed out after 120 s waiting for a subscriber");
            LockSupport.parkNanos(100_000);
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
