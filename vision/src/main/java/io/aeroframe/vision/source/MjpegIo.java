package io.aeroframe.vision.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Motion JPEG over HTTP as cameras send it. FFmpeg takes only parts that begin with two dashes and a boundary and say
 * that they are image/jpeg: other parts, and bare images one after another, are wrapped in parts that it takes. One
 * thread.
 */
final class MjpegIo implements AutoCloseable {

    /** FFmpeg's name of its reader of such parts. */
    static final String FORMAT = "mpjpeg";

    private static final int HEAD_LENGTH = 4_096;
    private static final int CHUNK_LENGTH = 16 << 10;
    private static final int BUFFER_LENGTH = 32 << 10;

    /** One for all, as JavaCPP has room for ten in a process. */
    private static final Callback CALLBACK = new Callback();

    private static final Map<Long, MjpegIo> BY_ADDRESS = new ConcurrentHashMap<>();

    private final AVIOContext source;
    private final AVIOContext context;
    private final JpegSplitter splitter = new JpegSplitter();
    private final byte[] chunk = new byte[CHUNK_LENGTH];
    private ByteBuffer part = ByteBuffer.allocate(0);

    /**
     * Wraps what is read.
     *
     * @param source stays open when this is closed.
     */
    MjpegIo(AVIOContext source) {
        this.source = source;
        BY_ADDRESS.put(source.address(), this);
        BytePointer buffer = new BytePointer(avutil.av_malloc(BUFFER_LENGTH));
        context = avformat.avio_alloc_context(buffer, BUFFER_LENGTH, 0, source, CALLBACK, null, null);
    }

    /** Whether what is about to be read is Motion JPEG of a kind that FFmpeg does not take. Reads nothing for good. */
    static boolean isNeededFor(AVIOContext source) {
        if (avformat.avio_size(source) > 0) {
            return false;
        }
        byte[] head = new byte[HEAD_LENGTH];
        byte[] piece = new byte[HEAD_LENGTH];
        int length = 0;
        boolean isMultipart = contentType(source).startsWith("multipart/");
        while (length < HEAD_LENGTH && !isEnough(head, length, isMultipart)) {
            int count = avformat.avio_read_partial(source, piece, HEAD_LENGTH - length);
            if (count <= 0) {
                break;
            }
            System.arraycopy(piece, 0, head, length, count);
            length += count;
        }
        avformat.avio_seek(source, 0, 0); // within what is buffered
        String text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u00FF\u00D8\u00FF")) {
            return true;
        }
        boolean isPart = text.stripLeading().startsWith("--");
        String headers = text.split("\r?\n\r?\n", 2)[0].toLowerCase(Locale.ROOT);
        boolean isTaken = isPart
                && headers.matches("(?s).*\ncontent-type: *image/jpeg\\s.*")
                && headers.matches("(?s).*\ncontent-length:.*");
        return (isMultipart || isPart) && !isTaken && text.contains("\u00FF\u00D8");
    }

    private static boolean isEnough(byte[] head, int length, boolean isMultipart) {
        if (length < 3) {
            return false;
        }
        String text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
        return !isMultipart && !text.stripLeading().startsWith("--") || text.contains("\u00FF\u00D8");
    }

    private static String contentType(AVIOContext source) {
        try (BytePointer type = new BytePointer((Pointer) null)) {
            int result = avutil.av_opt_get(source, "mime_type", avutil.AV_OPT_SEARCH_CHILDREN, type);
            if (result < 0 || type.isNull()) {
                return "";
            }
            String text = type.getString().toLowerCase(Locale.ROOT);
            avutil.av_free(type);
            return text;
        }
    }

    /** What FFmpeg reads from. */
    AVIOContext context() {
        return context;
    }

    private int read(BytePointer target, int length) throws IOException {
        while (!part.hasRemaining()) {
            byte[] image = splitter.next();
            if (image != null) {
                part = wrapped(image);
                break;
            }
            int count = avformat.avio_read_partial(source, chunk, chunk.length);
            if (count <= 0) {
                return count == 0 ? avutil.AVERROR_EOF : count;
            }
            splitter.add(chunk, count);
        }
        int count = Math.min(length, part.remaining());
        target.position(0).put(part.array(), part.position(), count);
        part.position(part.position() + count);
        return count;
    }

    private static ByteBuffer wrapped(byte[] image) {
        byte[] head = ("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " + image.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + image.length + 2)
                .put(head)
                .put(image)
                .put((byte) '\r')
                .put((byte) '\n')
                .flip();
    }

    @Override
    public void close() {
        BY_ADDRESS.remove(source.address());
        avutil.av_free(context.buffer());
        avformat.avio_context_free(context);
    }

    private static final class Callback extends Read_packet_Pointer_BytePointer_int {

        @Override
        public int call(Pointer source, BytePointer target, int length) {
            MjpegIo io = BY_ADDRESS.get(source.address());
            try {
                return io == null ? avutil.AVERROR_EOF : io.read(target, length);
            } catch (IOException e) {
                return avutil.AVERROR_INVALIDDATA;
            }
        }
    }
}
