package io.aeroframe.transport;

/** Why a message is not a frame that can be trusted. */
enum HeaderFault {
    TOO_SHORT("the message is shorter than its header"),
    FOREIGN_SCHEMA("the message is not Aeroframe's"),
    UNKNOWN_MESSAGE("the message type is not known"),
    BLOCK_LENGTH("the header's fixed block is too short or longer than the message"),
    STREAM("the frame belongs to another stream"),
    SEQUENCE("sequence or drop count are out of range"),
    DIMENSIONS("width or height is out of range"),
    PIXEL_FORMAT("the pixel format is not known"),
    ENCODING("the encoding is not known"),
    LOCATION("where the payload is cannot be told"),
    STRIDE("the stride is smaller than a row"),
    PAYLOAD_LENGTH("the payload length is not that of such a frame"),
    OVER_LIMIT("the frame is over the limit of this subscription"),
    TIME_TO_LIVE("the time to live is negative"),
    METADATA_LENGTH("the metadata does not fit"),
    POOL("the frame's pool is gone, or has no such slot"),
    CHUNK("the chunk does not lie within the frame"),
    MESSAGE_LENGTH("the message is not as long as its header says"),
    CHUNK_ORDER("a chunk of the frame is missing"),
    NO_MEMORY("there is no memory to put the frame together in");

    private final String text;

    HeaderFault(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
