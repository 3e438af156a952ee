package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.io.IOException;

/**
 * YUV4MPEG2, as {@code ffmpeg -f yuv4mpegpipe -} and the mjpegtools write it: a line of parameters, and each frame
 * behind a line {@code FRAME}. 4:2:0 of 8 bits, and gray.
 */
final class Y4mReader implements PipeReader {

    static final String MAGIC = "YUV4MPEG2";

    private static final int MAX_LINE = 1_024;

    private final FrameFormat format;
    private final double framesPerSecond;

    private Y4mReader(FrameFormat format, double framesPerSecond) {
        this.format = format;
        this.framesPerSecond = framesPerSecond;
    }

    /** Reads the line of parameters. */
    static Y4mReader open(PipeInput input) throws IOException {
        String line = line(input, "the first line of YUV4MPEG2");
        int width = 0;
        int height = 0;
        double rate = 0;
        String chroma = "420jpeg";
        boolean isFullRange = false;
        for (String parameter : line.substring(MAGIC.length()).strip().split(" +")) {
            String value = parameter.isEmpty() ? "" : parameter.substring(1);
            switch (parameter.isEmpty() ? ' ' : parameter.charAt(0)) {
                case 'W' -> width = number(value, line);
                case 'H' -> height = number(value, line);
                case 'F' -> rate = ratio(value);
                case 'C' -> chroma = value;
                case 'X' -> isFullRange |= value.equals("COLORRANGE=FULL");
                default -> {
                    // aspect ratio, interlacing: frames are taken as they are
                }
            }
        }
        boolean isGray = chroma.equals("mono");
        if (!isGray && (!chroma.startsWith("420") || chroma.startsWith("420p1"))) {
            throw new IOException("standard input: YUV4MPEG2 with chroma C" + chroma
                    + ": only 4:2:0 of 8 bits and mono are read; with ffmpeg, use -pix_fmt yuv420p");
        }
        try {
            FrameFormat format = FrameFormat.raw(isGray ? PixelFormat.GRAY8 : PixelFormat.I420, width, height);
            return new Y4mReader(isGray ? format : format.withColor(ColorEncoding.of(false, isFullRange)), rate);
        } catch (IllegalArgumentException ex) {
            throw new IOException("standard input: '" + Bytes.printable(line) + "': " + ex.getMessage(), ex);
        }
    }

    private static int number(String value, String line) throws IOException {
        if (!value.matches("\\d{1,5}")) {
            throw new IOException("standard input: '" + Bytes.printable(line) + "' has no width and height");
        }
        return Integer.parseInt(value);
    }

    private static double ratio(String value) {
        if (!value.matches("\\d{1,9}:\\d{1,9}")) {
            return 0;
        }
        String[] parts = value.split(":");
        double denominator = Double.parseDouble(parts[1]);
        return denominator == 0 ? 0 : Double.parseDouble(parts[0]) / denominator;
    }

    private static String line(PipeInput input, String what) throws IOException {
        long start = input.offset();
        StringBuilder text = new StringBuilder();
        while (text.length() < MAX_LINE) {
            if (!input.await(1)) {
                throw new IOException("standard input ends at byte " + input.offset() + ", within " + what
                        + " that starts at byte " + start);
            }
            char next = (char) input.peek(0);
            input.skip(1);
            if (next == '\n') {
                return text.toString();
            }
            text.append(next);
        }
        throw new IOException(
                "standard input: " + what + " at byte " + start + " has more than " + MAX_LINE + " characters");
    }

    @Override
    public boolean next(PipeInput input, ReceivedFrame received) throws IOException {
        if (!input.await(1)) {
            return false;
        }
        long start = input.offset();
        String line = line(input, "the line FRAME");
        if (!line.equals("FRAME") && !line.startsWith("FRAME ")) {
            throw new IOException("standard input: byte " + start + " starts the line '" + Bytes.printable(line)
                    + "', where FRAME should be");
        }
        RawReader.readFrame(input, received, format);
        return true;
    }

    @Override
    public double framesPerSecond() {
        return framesPerSecond;
    }

    @Override
    public String describe() {
        return "YUV4MPEG2 " + format.describe();
    }
}
