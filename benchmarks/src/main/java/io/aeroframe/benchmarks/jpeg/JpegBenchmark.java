package io.aeroframe.benchmarks.jpeg;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.OpenCvJpegCodec;
import io.aeroframe.vision.jpeg.TurboJpegCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** This project's JPEG codecs, and OpenCV's functions alone, on a picture with as much detail as a photograph. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")
public class JpegBenchmark {

    private static final int QUALITY = 80;
    private static final int ALIGNMENT = 64;

    /** The size of the picture, as width x height. */
    @Param({"640x480", "1920x1080"})
    public String size;

    /** {@code turbo} and {@code opencv} are this project's codecs, {@code imgcodecs} is OpenCV alone. */
    @Param({"turbo", "opencv", "imgcodecs"})
    public String with;

    private JpegCodec codec;
    private FrameFormat format;
    private ByteBuffer pixels;
    private ByteBuffer jpeg;
    private ByteBuffer encoded;
    private ByteBuffer target;
    private int length;

    /**
     * Makes the picture and opens the codec.
     *
     * @throws IOException if a codec fails
     */
    @Setup(Level.Trial)
    public void open() throws IOException {
        String[] sides = size.split("x");
        int width = Integer.parseInt(sides[0]);
        int height = Integer.parseInt(sides[1]);
        format = FrameFormat.bgr24(width, height);
        codec = switch (with) {
            case "turbo" -> new TurboJpegCodec();
            case "opencv" -> new OpenCvJpegCodec();
            case "imgcodecs" -> new PlainOpenCv();
            default -> throw new IllegalArgumentException("-p with=" + with + ": use turbo, opencv or imgcodecs");
        };
        pixels = Photograph.of(width, height);
        target = BufferUtil.allocateDirectAligned(format.maxPayloadLength(), ALIGNMENT);
        try (JpegCodec encoder = JpegCodecs.open()) {
            jpeg = BufferUtil.allocateDirectAligned(
                    encoder.maxEncodedLength(format, ChromaSubsampling.YUV420), ALIGNMENT);
            encoded = BufferUtil.allocateDirectAligned(jpeg.capacity(), ALIGNMENT);
            length = encoder.encode(pixels, format, QUALITY, jpeg);
        }
        System.out.println("# " + length + " bytes of JPEG from " + format.maxPayloadLength());
    }

    /** Frees the codec. */
    @TearDown(Level.Trial)
    public void close() {
        codec.close();
    }

    /**
     * Encodes pixels as a JPEG of quality 80.
     *
     * @return the JPEG's length
     * @throws IOException if the codec fails
     */
    @Benchmark
    public int encode() throws IOException {
        return codec.encode(pixels, format, QUALITY, encoded);
    }

    /**
     * Decodes a JPEG.
     *
     * @return the pixels
     * @throws IOException if the codec fails
     */
    @Benchmark
    public ByteBuffer decode() throws IOException {
        codec.decode(jpeg, length, target, format);
        return target;
    }
}
