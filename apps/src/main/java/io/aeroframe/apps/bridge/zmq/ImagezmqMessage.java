package io.aeroframe.apps.bridge.zmq;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aeroframe.apps.bridge.PixelFormats;
import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.source.BadFrameException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The two parts of a message of imagezmq: a JSON object with {@code msg}, the sender's name, and for an array its
 * {@code dtype} and {@code shape}; then the array's bytes, or a JPEG image.
 */
final class ImagezmqMessage {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_HEAD_LENGTH = 64 << 10;
    private static final String OTHERWISE = "an imagezmq message has a JSON object and an image";

    private String name = "";
    private String type;
    private final List<Long> shape = new ArrayList<>();

    private ImagezmqMessage() {}

    /**
     * Reads a message.
     *
     * @param parts    its parts.
     * @param received takes the frame.
     * @return the sender's name in UTF-8, up to 64 KiB.
     * @throws BadFrameException if it is not one of imagezmq's.
     */
    static byte[] read(List<byte[]> parts, ReceivedFrame received) throws IOException {
        if (parts.size() != 2 || parts.get(0).length > MAX_HEAD_LENGTH || parts.get(1).length == 0) {
            throw new BadFrameException("a message of " + parts.size() + " parts: " + OTHERWISE);
        }
        ImagezmqMessage message = new ImagezmqMessage();
        try {
            message.parse(parts.get(0));
        } catch (IOException ex) {
            throw new BadFrameException("the first part is not a JSON object: " + OTHERWISE, ex);
        }
        byte[] image = parts.get(1);
        if (message.type == null) {
            received.room(image.length).put(image);
            received.holdsPicture(image.length);
        } else {
            FrameFormat format = message.format();
            if (image.length != format.maxPayloadLength()) {
                throw new BadFrameException("an array of shape " + message.shape + " and type " + message.type + " has "
                        + format.maxPayloadLength() + " bytes, and the message " + image.length);
            }
            received.room(image.length).put(image);
            received.holdsRaw(format);
        }
        return message.name.getBytes(StandardCharsets.UTF_8);
    }

    private void parse(byte[] head) throws IOException {
        try (JsonParser parser = JSON.createParser(head)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("msg")) {
                    name = value.isScalarValue() ? parser.getValueAsString("") : "";
                } else if (field.equals("dtype") && value == JsonToken.VALUE_STRING) {
                    type = parser.getText();
                } else if (field.equals("shape") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && shape.size() < 4) {
                        shape.add(parser.getLongValue());
                    }
                    continue;
                }
                parser.skipChildren();
            }
        }
    }

    private FrameFormat format() throws BadFrameException {
        int bytesPerSample =
                switch (type) {
                    case "uint8" -> 1;
                    case "uint16" -> 2;
                    default ->
                        throw new BadFrameException("an array of type " + type + ": uint8 and uint16 are frames");
                };
        if (shape.size() < 2 || shape.size() > 3) {
            throw new BadFrameException("an array of shape " + shape + " is not a frame");
        }
        try {
            return PixelFormats.ofArray(
                    shape.get(0), shape.get(1), shape.size() == 3 ? shape.get(2) : 1, bytesPerSample);
        } catch (IllegalArgumentException ex) {
            throw new BadFrameException(ex.getMessage(), ex);
        }
    }

    /** Returns the first part of a message with a JPEG image. */
    static byte[] headOfImage(String name) throws IOException {
        return head(name, null);
    }

    /** Returns the first part of a message with an array: the pixels of a packed format without padding. */
    static byte[] headOfArray(String name, FrameFormat format) throws IOException {
        return head(name, format);
    }

    private static byte[] head(String name, FrameFormat format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("msg", name);
            if (format != null) {
                boolean isWide = format.pixelFormat() == PixelFormat.GRAY16;
                int channels = format.pixelFormat().sampleDistance(0);
                json.writeStringField("dtype", isWide ? "uint16" : "uint8");
                json.writeArrayFieldStart("shape");
                json.writeNumber(format.height());
                json.writeNumber(format.width());
                if (!isWide && channels > 1) {
                    json.writeNumber(channels);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
