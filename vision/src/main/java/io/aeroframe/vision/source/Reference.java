package io.aeroframe.vision.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a file refers to, and by which protocols FFmpeg may follow it. A file may come from anyone: it must not have
 * other files put together ({@code concat}, {@code subfile}), run nothing, and connect no further than its kind needs.
 */
enum Reference {
    /** The file is the video. What else it refers to is left to FFmpeg, which then allows files only. */
    NONE(null),
    /** An HLS playlist. FFmpeg itself takes only segments with the extensions of media from it. */
    PLAYLIST("file,crypto,data,http,https,httpproxy,tcp,tls"),
    /** A session description (SDP): where RTP is sent to. */
    SESSION("file,crypto,data,rtp,udp");

    private static final int HEAD_LENGTH = 4_096;

    private final String protocols;

    Reference(String protocols) {
        this.protocols = protocols;
    }

    /** The kind of a file, by its first bytes. Named pipes and devices are not read. */
    static Reference of(Path file) {
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        try (InputStream input = Files.newInputStream(file)) {
            String head = new String(input.readNBytes(HEAD_LENGTH), StandardCharsets.ISO_8859_1);
            if (head.startsWith("#EXTM3U") || head.startsWith("\u00EF\u00BB\u00BF#EXTM3U")) {
                return PLAYLIST;
            }
            return head.matches("(?s)v=0\r?\n.*\nm=.*") ? SESSION : NONE;
        } catch (IOException e) {
            return NONE; // opening it says what is wrong
        }
    }

    /** The protocols that FFmpeg may use, by its names; null for its own default. */
    String protocols() {
        return protocols;
    }
}
