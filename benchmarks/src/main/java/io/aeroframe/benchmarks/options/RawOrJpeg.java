package io.aeroframe.benchmarks.options;

import io.aeroframe.transport.FrameEncoding;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For picocli: the encodings that are a load for the transport and its peers. Zstandard is none of its own, but a codec to be measured alone. */
public final class RawOrJpeg implements ITypeConverter<FrameEncoding> {

    @Override
    public FrameEncoding convert(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "raw" -> FrameEncoding.RAW;
            case "jpeg" -> FrameEncoding.JPEG;
            case "zstd" ->
                throw new TypeConversionException(
                        "zstd is not measured here; give raw or jpeg ('bench stages' measures the codec)");
            default -> throw new TypeConversionException("'" + text + "' is neither raw nor jpeg");
        };
    }
}
