package io.aeroframe.vision.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * The options of FFmpeg for one input: those of the source itself, and over them those that its user set. What the
 * protocol and the container leave goes to the decoder; what that leaves is an error.
 */
final class FfmpegInputOptions implements AutoCloseable {

    private final AVDictionary dictionary = new AVDictionary(null);
    private final Map<String, String> ofUser;

    FfmpegInputOptions(FfmpegLocation location, SourceOptions options) {
        ofUser = options.inputOptions();
        if (!location.isFile()) {
            set("rtsp_transport", "tcp");
        }
        if (location.isLive()) {
            set("probesize", "1000000");
            set("analyzeduration", "1000000");
            set("overrun_nonfatal", "1");
        }
        String protocols =
                options.protocolWhitelist() == null ? location.reference().protocols() : options.protocolWhitelist();
        if (protocols != null) {
            set("protocol_whitelist", protocols);
        }
        ofUser.forEach(this::set);
    }

    private void set(String key, String value) {
        avutil.av_dict_set(dictionary, key, value, 0);
    }

    /** The dictionary; FFmpeg takes out of it what it uses. */
    AVDictionary dictionary() {
        return dictionary;
    }

    /** Keeps only what the user set: what is left of the rest was for other kinds of input. */
    void retainUsers() {
        List<String> others = new ArrayList<>();
        AVDictionaryEntry entry = avutil.av_dict_iterate(dictionary, null);
        while (entry != null && !entry.isNull()) {
            String key = entry.key().getString();
            if (!ofUser.containsKey(key)) {
                others.add(key);
            }
            entry = avutil.av_dict_iterate(dictionary, entry);
        }
        others.forEach(key -> avutil.av_dict_set(dictionary, key, (String) null, 0));
    }

    /**
     * Checks that all was used.
     *
     * @throws SourceException naming an option that nothing took.
     */
    void requireUsed(FfmpegLocation location) throws SourceException {
        AVDictionaryEntry entry = avutil.av_dict_iterate(dictionary, null);
        if (entry != null && !entry.isNull()) {
            throw new SourceException(
                    SourceException.Reason.UNUSED_INPUT_OPTION,
                    location.fullName() + ": FFmpeg has no option '"
                            + entry.key().getString() + "' for this input; check its name, or leave it out");
        }
    }

    @Override
    public void close() {
        avutil.av_dict_free(dictionary);
    }
}
