package io.aeroframe.apps.options;

import io.aeroframe.vision.source.PictureSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the size of a picture for picocli. */
public final class SizeConverter implements ITypeConverter<PictureSize> {

    /** A converter, as picocli makes it. */
    public SizeConverter() {}

    @Override
    public PictureSize convert(String text) {
        try {
            return PictureSize.parse(text);
        } catch (IllegalArgumentException ex) {
            throw new TypeConversionException(ex.getMessage());
        }
    }
}
