package io.aeroframe.apps;

import io.aeroframe.transport.FramePublication;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Reports when a publisher stands by for another one of its name: nobody sees its frames then, although they are sent.
 * One thread.
 */
final class Standby {

    private static final long LOOK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final List<FramePublication> publications;
    private final Consumer<String> report;
    private long lookedNs = System.nanoTime() - LOOK_INTERVAL_NS;
    private boolean isOn;
    private boolean isReported;
    private long frames;

    /**
     * Not on standby yet.
     *
     * @param publications one for each channel.
     * @param report       takes a line at a time.
     */
    Standby(List<FramePublication> publications, Consumer<String> report) {
        this.publications = publications;
        this.report = report;
    }

    /** Counts a frame, before it is published. */
    void onFrame() {
        long nowNs = System.nanoTime();
        if (nowNs - lookedNs >= LOOK_INTERVAL_NS) {
            lookedNs = nowNs;
            look();
        }
        frames += isOn ? 1 : 0;
    }

    private void look() {
        isOn = publications.stream().allMatch(FramePublication::isOnStandby);
        String stream = "stream '" + publications.get(0).stream() + "': ";
        if (isOn && !isReported) {
            isReported = true;
            report.accept(stream + "another publisher has this name, and this one stands by: nobody sees its frames"
                    + " until that one ends or falls silent; to be seen now, take another name");
        } else if (isReported && publications.stream().anyMatch(FramePublication::isFollowed)) {
            isReported = false;
            report.accept(stream + "this publisher is followed now");
        }
    }

    /** Frames that were published on standby, which subscribers skipped. */
    long frames() {
        return frames;
    }
}
