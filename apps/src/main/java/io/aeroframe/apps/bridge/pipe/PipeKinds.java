package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.PixelFormats;
import io.aeroframe.transport.FrameFormat;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be in a pipe: as typed, or by its first bytes. */
final class PipeKinds {

    private static final Pattern RAW = Pattern.compile("raw:([0-9x]+):([A-Za-z0-9]+)");
    private static final int MAGIC_LENGTH = 3;
    private static final String WAYS = "give --pipe prefixed, jpeg, y4m or raw:WxH:FORMAT";

    private PipeKinds() {}

    /**
     * Chooses a reader, reading no more than the first bytes.
     *
     * @throws IllegalArgumentException if what was typed is malformed.
     * @throws IOException              if the pipe has something else.
     */
    static PipeReader reader(PipeInput input, PipeOptions options) throws IOException {
        String kind = options.kind();
        if (kind == null) {
            return recognized(input, options.digits());
        }
        return switch (kind) {
            case "prefixed", "png" ->
                new PrefixedReader(options.digits() > 0 ? options.digits() : digits(input, PipeOptions.DEFAULT_DIGITS));
            case "jpeg" -> new JpegReader();
            case "y4m" -> {
                if (!startsWith(input, Y4mReader.MAGIC)) {
                    throw new IOException(
                            "standard input starts with " + Bytes.describe(input, 8) + ", not with " + Y4mReader.MAGIC);
                }
                yield Y4mReader.open(input);
            }
            default -> new RawReader(rawFormat(kind));
        };
    }

    /** Checks what was typed for a source, before the pipe is read. */
    static void validateForSource(String kind) {
        if (kind != null && !kind.matches("prefixed|png|jpeg|y4m")) {
            rawFormat(kind);
        }
    }

    private static PipeReader recognized(PipeInput input, int digits) throws IOException {
        if (digits > 0) {
            return new PrefixedReader(digits);
        }
        input.await(MAGIC_LENGTH);
        if (input.available() >= 2 && input.peek(0) == 0xFF && input.peek(1) == 0xD8) {
            return new JpegReader();
        }
        if (startsWith(input, Y4mReader.MAGIC)) {
            return Y4mReader.open(input);
        }
        int found = digits(input, 0);
        if (found > 0) {
            return new PrefixedReader(found);
        }
        if (input.available() == 0) {
            throw new IOException("standard input is empty");
        }
        throw new IOException("standard input starts with " + Bytes.describe(input, 8)
                + ": not a JPEG image, a decimal length before one, or YUV4MPEG2; " + WAYS);
    }

    private static boolean startsWith(PipeInput input, String magic) throws IOException {
        for (int i = 0; i < magic.length(); i++) {
            if (!input.await(i + 1) || input.peek(i) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Counts the digits before the first image, whose first byte is none. */
    private static int digits(PipeInput input, int otherwise) throws IOException {
        int count = 0;
        while (count <= PipeOptions.MAX_DIGITS && input.await(count + 1)) {
            int next = input.peek(count);
            if (next == 0xFF || next == 0x89) {
                return count == 0 ? otherwise : count;
            }
            if (next != ' ' && (next < '0' || next > '9')) {
                return otherwise;
            }
            count++;
        }
        return otherwise;
    }

    private static FrameFormat rawFormat(String kind) {
        Matcher matcher = RAW.matcher(kind);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "--pipe " + kind + " is not known: " + WAYS + ", such as raw:1280x720:bgr24");
        }
        try {
            return PixelFormats.of(matcher.group(1), PixelFormats.of(matcher.group(2)));
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("--pipe " + kind + ": " + ex.getMessage(), ex);
        }
    }
}
