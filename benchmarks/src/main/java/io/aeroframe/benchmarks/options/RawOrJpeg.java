package io.aeroframe.benchmarks.options;

import io.aeroframe.transport.FrameEncoding;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converts {@code raw} or {@code jpeg} for picocli. Zstandard is refused: to a transport its frames are like any other
 * bytes, and its codec is measured by {@code bench stages}.
 */
public final class RawOrJpeg implements ITypeConverter<FrameEncoding> {

    @Override
    public FrameEncoding convert(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "raw" -> FrameEncoding.RAW;
            case "jpeg" -> FrameEncoding.JPEG;
            case "zstd" ->
                throw new TypeConversionException(
                        "zstd is not measured here; use raw or jpeg ('bench stages' measures the codec)");
            default -> throw new TypeConversionException("'" + text + "' is neither raw nor jpeg");
        };
    }
}
