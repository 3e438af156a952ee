package io.aeroframe.benchmarks.options;

import io.aeroframe.apps.options.SizeConverter;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.source.PictureSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the size of BGR frames for picocli: refuses what no buffer holds. */
public final class BgrSizeConverter implements ITypeConverter<PictureSize> {

    private final SizeConverter converter = new SizeConverter();

    @Override
    public PictureSize convert(String text) {
        PictureSize size = converter.convert(text);
        try {
            FrameFormat.bgr24(size.width(), size.height());
        } catch (IllegalArgumentException ex) {
            throw new TypeConversionException("'" + text + "': " + ex.getMessage() + "; use another size");
        }
        return size;
    }
}
