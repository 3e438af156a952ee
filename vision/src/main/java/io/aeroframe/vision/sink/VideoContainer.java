package io.aeroframe.vision.sink;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of video files that can be written, by extension. */
enum VideoContainer {
    /**
     * Written in fragments, so that what there is of a file can be played at any time; when it is finished an index of
     * it all is added, as of any MP4. A fragment ends at a key frame, or after a second where an encoder makes none.
     */
    MP4(".mp4", "mp4", 60_000, "movflags=+hybrid_fragmented+frag_keyframe:frag_duration=1000000"),

    /** As MP4. */
    MOV(".mov", "mov", 60_000, "movflags=+hybrid_fragmented+frag_keyframe:frag_duration=1000000"),

    /** Written in clusters; one is held back until it is complete. FFmpeg counts in ms there, and rounds. */
    MKV(".mkv", "matroska", 60_000, "cluster_time_limit=500"),

    /** As Matroska, for browsers. */
    WEBM(".webm", "webm", 60_000, "cluster_time_limit=500"),

    /** Every frame is there as soon as it is written. */
    TS(".ts", "mpegts", 60_000, ""),

    /** Frames of one length, which {@link VideoRate} measures: of a longer one the rest is filled with empty frames. */
    AVI(".avi", "avi", 60_000, "");

    private final String extension;
    private final String muxer;
    private final int ticksPerSecond;
    private final String options;

    VideoContainer(String extension, String muxer, int ticksPerSecond, String options) {
        this.extension = extension;
        this.muxer = muxer;
        this.ticksPerSecond = ticksPerSecond;
        this.options = options;
    }

    /** All extensions, for messages: {@code .mp4, .mov, ...}. */
    static String knownExtensions() {
        return Arrays.stream(values()).map(VideoContainer::extension).collect(Collectors.joining(", "));
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

    /** Options of the muxer: {@code name=value:name=value}, or an empty text. */
    String options() {
        return options;
    }

    /** Whether the file says which matrix and range its YUV has, if the encoder's own bytes do not. */
    boolean statesColor() {
        return this != AVI && this != TS;
    }

    /**
     * Whether JPEG frames go in as they are unless a codec is asked for. Browsers and QuickTime do not play Motion JPEG
     * in MP4.
     */
    boolean keepsJpeg() {
        return this == MKV || this == AVI;
    }
}
