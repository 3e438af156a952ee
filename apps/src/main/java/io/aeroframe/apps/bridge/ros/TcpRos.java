package io.aeroframe.apps.bridge.ros;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The header that both ends of a TCPROS connection send: fields {@code name=value} behind their lengths, all lengths 32
 * bits, little-endian.
 */
final class TcpRos {

    /** Any type, any checksum. */
    static final String ANY = "*";

    private static final int MAX_HEADER_LENGTH = 1 << 20;

    /** Memory for this much is allocated before the bytes have arrived. */
    private static final int TRUSTED_LENGTH = 32 << 20;

    private TcpRos() {}

    static void writeHeader(OutputStream out, Map<String, String> fields) throws IOException {
        int length = 0;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            length += 4 + bytes(field).length;
        }
        ByteBuffer header = ByteBuffer.allocate(4 + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(length);
        for (Map.Entry<String, String> field : fields.entrySet()) {
            byte[] bytes = bytes(field);
            header.putInt(bytes.length).put(bytes);
        }
        out.write(header.array());
        out.flush();
    }

    private static byte[] bytes(Map.Entry<String, String> field) {
        return (field.getKey() + "=" + field.getValue()).getBytes(StandardCharsets.UTF_8);
    }

    static Map<String, String> readHeader(InputStream in) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(readBytes(in, readLength(in, MAX_HEADER_LENGTH)))
                .order(ByteOrder.LITTLE_ENDIAN);
        Map<String, String> fields = new LinkedHashMap<>();
        while (header.remaining() >= 4) {
            int length = header.getInt();
            if (length < 0 || length > header.remaining()) {
                throw new IOException("a damaged TCPROS header");
            }
            byte[] bytes = new byte[length];
            header.get(bytes);
            String[] pair = new String(bytes, StandardCharsets.UTF_8).split("=", 2);
            fields.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        return fields;
    }

    /**
     * Reads the length of a message.
     *
     * @throws IOException if it is larger than allowed.
     */
    static int readLength(InputStream in, int max) throws IOException {
        byte[] bytes = readBytes(in, 4);
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > max) {
            throw new IOException(
                    "a message of " + Integer.toUnsignedString(length) + " bytes, more than the limit of " + max);
        }
        return length;
    }

    static byte[] readBytes(InputStream in, int length) throws IOException {
        if (length > TRUSTED_LENGTH) {
            byte[] bytes = in.readNBytes(length); // allocates as the bytes arrive
            if (bytes.length < length) {
                throw new EOFException("the connection ended within a message");
            }
            return bytes;
        }
        byte[] bytes = new byte[length];
        new DataInputStream(in).readFully(bytes);
        return bytes;
    }
}
