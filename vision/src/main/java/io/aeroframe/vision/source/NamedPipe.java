package io.aeroframe.vision.source;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import io.aeroframe.vision.NativeLibraries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.BufferUtil;

/**
 * A named pipe that is opened without blocking. The usual open and read of one cannot be ended while there is no
 * writer, or a silent one.
 */
final class NamedPipe implements AutoCloseable {

    private static final int TYPE_MASK = 0xF000; // S_IFMT
    private static final int TYPE_PIPE = 0x1000; // S_IFIFO

    private static final int OPEN_FLAGS = 0x800 | 0x80000; // O_RDONLY | O_NONBLOCK | O_CLOEXEC
    private static final int POLLFD_LENGTH = 8; // struct pollfd: descriptor (int), events and revents (short)
    private static final short READABLE = 1; // POLLIN
    private static final int REVENTS_OFFSET = 6;
    private static final int CHECK_MS = 50;

    private final int descriptor;

    private NamedPipe(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Loaded at the first call, as that takes tens of milliseconds. */
    private static final class Calls {
        static final boolean ARE_AVAILABLE = register();

        private static boolean register() {
            NativeLibraries.prepare();
            try {
                Native.register(Calls.class, "c");
                return true;
            } catch (LinkageError e) {
                return false; // JNA's own library cannot be unpacked or loaded
            }
        }

        static native int open(long path, int flags) throws LastErrorException;

        static native int poll(long descriptors, long count, int timeoutMs);

        static native int close(int descriptor);
    }

    /** Whether a path is a named pipe that can be opened here. Elsewhere than on Linux FFmpeg opens it, and blocks. */
    static boolean isOne(Path path) {
        try {
            return Platform.isLinux()
                    && Platform.is64Bit()
                    && ((int) Files.getAttribute(path, "unix:mode") & TYPE_MASK) == TYPE_PIPE
                    && Calls.ARE_AVAILABLE;
        } catch (IOException | UnsupportedOperationException | LinkageError e) {
            return false;
        }
    }

    /**
     * Opens a pipe and waits until its writer has written, or has gone.
     *
     * @param interrupt ends the wait.
     * @throws IOException if it cannot be opened, or was interrupted.
     */
    static NamedPipe open(FfmpegLocation location, Path path, FfmpegInterrupt interrupt) throws IOException {
        NamedPipe pipe;
        try {
            pipe = new NamedPipe(Calls.open(BufferUtil.address(terminated(path)), OPEN_FLAGS));
        } catch (LastErrorException e) {
            throw new IOException(location.fullName() + ": the named pipe cannot be opened: " + e.getMessage(), e);
        }
        while (!interrupt.isRaised()) {
            if (pipe.isReadable()) {
                return pipe;
            }
        }
        pipe.close();
        throw new IOException(location.fullName() + ": reading was interrupted");
    }

    private static ByteBuffer terminated(Path path) {
        byte[] name = path.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
        return ByteBuffer.allocateDirect(name.length + 1).put(0, name);
    }

    /** Waits for a short while. */
    private boolean isReadable() {
        ByteBuffer poll = ByteBuffer.allocateDirect(POLLFD_LENGTH).order(ByteOrder.nativeOrder());
        poll.putInt(0, descriptor).putShort(Integer.BYTES, READABLE);
        return Calls.poll(BufferUtil.address(poll), 1, CHECK_MS) > 0 && poll.getShort(REVENTS_OFFSET) != 0;
    }

    /** The URL by which FFmpeg reads it. FFmpeg duplicates the descriptor. */
    String url() {
        return "pipe:" + descriptor;
    }

    @Override
    public void close() {
        Calls.close(descriptor);
    }
}
