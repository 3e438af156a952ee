package io.aeroframe.apps;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import io.aeroframe.vision.NativeLibraries;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BufferUtil;

/** The few calls of Linux's C library that Java has no equivalent of. They do nothing where it cannot be called. */
final class LibC {

    private static final int STANDARD_ERROR = 2;
    private static final long GET_WINDOW_SIZE = 0x5413; // TIOCGWINSZ
    private static final int COLUMNS_OFFSET = 2; // struct winsize: rows, columns (u16), and more
    private static final int WINDOW_SIZE_LENGTH = 8;
    private static final int INTERRUPT = 2; // SIGINT
    private static final long DEFAULT_ACTION = 0; // SIG_DFL

    private LibC() {}

    /** Loaded at the first call, as that takes tens of milliseconds. */
    private static final class Calls {
        static final boolean ARE_AVAILABLE = register();

        private static boolean register() {
            if (!Platform.isLinux() || !Platform.is64Bit()) {
                return false;
            }
            NativeLibraries.prepare();
            try {
                Native.register(Calls.class, "c");
                return true;
            } catch (LinkageError ex) {
                return false; // JNA's own library cannot be unpacked or loaded
            }
        }

        static native int ioctl(int descriptor, long request, long address);

        static native long signal(int number, long action);
    }

    /** The width of the terminal on standard error, in columns; 0 if it is not known. */
    static int terminalColumns() {
        if (!Calls.ARE_AVAILABLE) {
            return 0;
        }
        ByteBuffer size = ByteBuffer.allocateDirect(WINDOW_SIZE_LENGTH).order(ByteOrder.nativeOrder());
        boolean isKnown = Calls.ioctl(STANDARD_ERROR, GET_WINDOW_SIZE, BufferUtil.address(size)) == 0;
        return isKnown ? Short.toUnsignedInt(size.getShort(COLUMNS_OFFSET)) : 0;
    }

    /** Ends the ignoring of Ctrl-C, which a shell script's {@code &} turns on for its children. */
    static void heedInterrupts() {
        if (Calls.ARE_AVAILABLE) {
            Calls.signal(INTERRUPT, DEFAULT_ACTION);
        }
    }
}
