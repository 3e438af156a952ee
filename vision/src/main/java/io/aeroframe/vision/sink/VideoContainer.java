package io.aeroframe.vision.sink;

import java.util.Locale;

/** The kinds of video files that can be written, by extension. */
enum VideoContainer {
    /**
     * Written in fragments, so that what there is of a file can be played at any time; when it is finished an index of
     * it all is added, as of any MP4.
     */
    MP4(".mp4", "mp4", 60_000, "movflags", "+hybrid_fragmented+frag_keyframe"),

    /** Written in clusters; one is held back until it is complete. FFmpeg counts in ms there. */
    MKV(".mkv", "matroska", 1_000, "cluster_time_limit", "500"),

    /**
     * Frames of one length: of a longer one the rest is filled with empty frames. A number that the usual rates divide,
     * 24, 25, 30, 50 and 60, keeps their times exact.
     */
    AVI(".avi", "avi", 600, null, null);

    private final String extension;
    private final String muxer;
    private final int ticksPerSecond;
    private final String option;
    private final String optionValue;

    VideoContainer(String extension, String muxer, int ticksPerSecond, String option, String optionValue) {
        this.extension = extension;
        this.muxer = muxer;
        this.ticksPerSecond = ticksPerSecond;
        this.option = option;
        this.optionValue = optionValue;
    }

    /**
     * The container of a file name.
     *
     * @param name any text.
     * @return the container, or null if the name has none of the extensions.
     */
    static VideoContainer ofName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (VideoContainer container : values()) {
            if (lower.endsWith(container.extension)) {
                return container;
            }
        }
        return null;
    }

    /** With the dot, lower case. */
    String extension() {
        return extension;
    }

    /** What FFmpeg calls it. */
    String muxer() {
        return muxer;
    }

    /** The unit of presentation times. */
    int ticksPerSecond() {
        return ticksPerSecond;
    }

    /** A muxer option to be set, or null for none. */
    String option() {
        return option;
    }

    String optionValue() {
        return optionValue;
    }
}
