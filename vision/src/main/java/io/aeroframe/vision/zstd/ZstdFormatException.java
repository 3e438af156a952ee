package io.aeroframe.vision.zstd;

import java.io.IOException;

/** Bytes that do not decompress to the frame that their header describes. The message says what is wrong with them. */
public class ZstdFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * An exception.
     *
     * @param message what is wrong.
     * @param cause   what the library threw, or null.
     */
    public ZstdFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
