package io.aeroframe.vision.jpeg;

import java.io.IOException;

/** Bytes that are not a whole, decodable JPEG image. The message says what is wrong with them, and at which byte. */
public class JpegFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * An exception.
     *
     * @param message what is wrong.
     */
    public JpegFormatException(String message) {
        super(message);
    }

    /**
     * An exception with a decoder's exception behind it.
     *
     * @param message what is wrong.
     * @param cause   what the decoder threw.
     */
    public JpegFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
