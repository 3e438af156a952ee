package io.aeroframe.benchmarks.options;

import io.aeroframe.apps.options.Size;
import io.aeroframe.transport.FrameFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the size of BGR frames for picocli: refuses what no buffer holds. */
public final class BgrSizeConverter implements ITypeConverter<Size> {

    private final Size.Converter converter = new Size.Converter();

    @Override
    public Size convert(String text) {
        Size size = converter.convert(text);
        try {
            FrameFormat.bgr24(size.width(), size.height());
        } catch (IllegalArgumentException ex) {
            throw new TypeConversionException("'" + text + "': " + ex.getMessage() + "; use another size");
        }
        return size;
    }
}
