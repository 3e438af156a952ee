package io.aeroframe.vision.jpeg;

/** Damage that decoders make a picture of, with a warning. */
final class JpegWarningException extends JpegFormatException {

    private static final long serialVersionUID = 1L;

    JpegWarningException(String message) {
        super(message);
    }
}
