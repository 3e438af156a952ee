package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads the frames of a source, in memory with guards behind them. */
final class Frames {

    private static final int GUARDS = 64;
    private static final byte GUARD = 0x5A;

    private Frames() {}

    static List<String> md5(Path file, SourceOptions options) throws Exception {
        try (FrameSource source = FfmpegSource.open(file.toString(), options)) {
            return md5(source, Integer.MAX_VALUE);
        }
    }

    static List<String> md5(FrameSource source, int limit) throws Exception {
        List<String> digests = new ArrayList<>();
        long lastNs = -1;
        while (digests.size() < limit && source.advance()) {
            assertTrue(source.presentationTimeNs() > lastNs, "time stands still or falls");
            lastNs = source.presentationTimeNs();
            digests.add(
                    HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes(source))));
        }
        return digests;
    }

    /** The current frame. */
    static byte[] bytes(FrameSource source) throws IOException {
        int length = source.format().maxPayloadLength();
        ByteBuffer target = ByteBuffer.allocateDirect(length + GUARDS);
        for (int i = length; i < target.capacity(); i++) {
            target.put(i, GUARD);
        }
        assertEquals(length, source.write(target));
        assertEquals(0, target.position());
        for (int i = length; i < target.capacity(); i++) {
            assertEquals(GUARD, target.get(i), "written past the frame");
        }
        byte[] bytes = new byte[length];
        target.get(0, bytes);
        return bytes;
    }
}
