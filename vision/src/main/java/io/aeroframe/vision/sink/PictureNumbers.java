package io.aeroframe.vision.sink;

import java.util.function.Consumer;

/**
 * Numbers of picture files: the sequence numbers of the frames, moved up where a file of that number may be there
 * already, so that they always rise. One thread.
 */
final class PictureNumbers {

    private final String pattern;
    private final Consumer<String> report;
    private long last;
    private long offset;
    private boolean hasFrame;
    private long lastPublishNs;

    /**
     * Numbers that continue what is there.
     *
     * @param pattern the names of the files, for the message.
     * @param highest the highest number that is taken, -1 if there is none.
     * @param report  takes a line where the numbers part from the sequence.
     */
    PictureNumbers(String pattern, long highest, Consumer<String> report) {
        this.pattern = pattern;
        this.last = highest;
        this.report = report;
    }

    /**
     * The number of the next file.
     *
     * @param sequence  the sequence number of its frame.
     * @param publishNs when it was published, to know a frame that comes twice from one of another publisher.
     * @return a number above all before it; the same for the same frame.
     */
    long next(long sequence, long publishNs) {
        boolean isSameFrame = hasFrame && sequence + offset == last && publishNs == lastPublishNs;
        hasFrame = true;
        lastPublishNs = publishNs;
        if (sequence + offset <= last && !isSameFrame) {
            offset = last + 1 - sequence;
            report.accept(pattern + ": there are pictures up to number " + last + ": frame " + sequence
                    + " and later ones are numbered from " + (last + 1));
        }
        last = sequence + offset;
        return last;
    }
}
