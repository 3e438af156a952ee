package io.aeroframe.examples;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import java.util.concurrent.locks.LockSupport;
import org.opencv.videoio.VideoCapture;
import org.opencv.videoio.Videoio;

/** Publishes a camera, or a video file at its own rate: OpenCV writes each picture straight into shared memory. */
public final class PublishCamera {

    private PublishCamera() {}

    /** Arguments: a camera's index or a video file, and the name of the stream. */
    public static void main(String[] args) {
        OpenCv.load();
        boolean isCamera = args[0].matches("\\d+");
        VideoCapture capture = isCamera ? new VideoCapture(Integer.parseInt(args[0])) : new VideoCapture(args[0]);
        if (!capture.isOpened()) {
            throw new IllegalArgumentException(args[0] + " is neither a camera nor a video file");
        }
        FrameFormat format = FrameFormat.bgr24(
                (int) capture.get(Videoio.CAP_PROP_FRAME_WIDTH), (int) capture.get(Videoio.CAP_PROP_FRAME_HEIGHT));
        long periodNs = isCamera ? 0 : (long) (1e9 / capture.get(Videoio.CAP_PROP_FPS));
        Mats mats = new Mats();
        try (FrameDriver driver = FrameDriver.join();
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FramePublication camera = aeroframe.addPublication(args[1], format)) {
            while (capture.grab()) {
                LockSupport.parkNanos(periodNs);
                FrameClaim claim = camera.tryClaim();
                if (claim == null) {
                    continue; // no subscriber, or they hold every slot: dropped, and counted
                }
                capture.retrieve(mats.over(claim.byteBuffer(), claim.format()));
                claim.commit();
            }
            System.out.println(camera.ledger());
        }
        capture.release();
    }
}
