package io.aeroframe.benchmarks;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
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

/** The JPEG codec that publishing and viewing use on this machine, on a picture with as much detail as a photograph. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")
public class JpegBenchmark {

    private static final int QUALITY = 80;
    private static final int ALIGNMENT = 64;

    /** Width and height of the picture. */
    @Param({"640x480", "1280x688", "1920x1080"})
    public String size;

    private JpegCodec codec;
    private FrameFormat format;
    private ByteBuffer pixels;
    private ByteBuffer jpeg;
    private ByteBuffer target;
    private int length;

    /**
     * Makes the picture.
     *
     * @throws IOException if the codec fails.
     */
    @Setup(Level.Trial)
    public void open() throws IOException {
        String[] sides = size.split("x");
        int width = Integer.parseInt(sides[0]);
        int height = Integer.parseInt(sides[1]);
        format = FrameFormat.bgr24(width, height);
        codec = JpegCodecs.open();
        System.out.println("# codec: " + codec.name());
        pixels = BufferUtil.allocateDirectAligned(format.maxPayloadLength(), ALIGNMENT);
        jpeg = BufferUtil.allocateDirectAligned(format.maxPayloadLength(), ALIGNMENT);
        target = BufferUtil.allocateDirectAligned(format.maxPayloadLength(), ALIGNMENT);
        DirectBuffer picture = Picture.of(FrameFormat.jpeg(width, height));
        picture.getBytes(0, jpeg, 0, picture.capacity());
        codec.decode(jpeg, picture.capacity(), pixels, format);
        length = codec.encode(pixels, format, QUALITY, jpeg);
        System.out.println("# " + length + " bytes of JPEG from " + format.maxPayloadLength());
    }

    /** Frees the codec. */
    @TearDown(Level.Trial)
    public void close() {
        codec.close();
    }

    /**
     * Pixels to a JPEG of quality 80.
     *
     * @return its length.
     * @throws IOException if the codec fails.
     */
    @Benchmark
    public int encode() throws IOException {
        return codec.encode(pixels, format, QUALITY, jpeg);
    }

    /**
     * A JPEG to pixels.
     *
     * @return the pixels.
     * @throws IOException if the codec fails.
     */
    @Benchmark
    public ByteBuffer decode() throws IOException {
        codec.decode(jpeg, length, target, format);
        return target;
    }
}
