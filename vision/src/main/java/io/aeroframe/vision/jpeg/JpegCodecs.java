package io.aeroframe.vision.jpeg;

/** Chooses a JPEG codec. */
public final class JpegCodecs {

    private JpegCodecs() {}

    /**
     * Opens the fastest codec that this machine has. Any thread; the codec itself is for one thread.
     *
     * @return a codec to be closed.
     * @throws UnsatisfiedLinkError if OpenCV cannot be loaded.
     */
    public static JpegCodec open() {
        return new OpenCvJpegCodec();
    }
}
