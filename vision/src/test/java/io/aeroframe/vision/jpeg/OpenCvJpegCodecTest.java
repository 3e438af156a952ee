package io.aeroframe.vision.jpeg;

class OpenCvJpegCodecTest extends JpegCodecContract {

    OpenCvJpegCodecTest() {
        super(new OpenCvJpegCodec());
    }
}
