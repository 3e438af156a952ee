package io.aeroframe.transport;

/** Why a message was rejected. */
enum RejectReason {
    TOO_SHORT("the message is shorter than its header"),
    FOREIGN_SCHEMA("the message is not of Aeroframe's schema"),
    UNKNOWN_MESSAGE("the message type is unknown"),
    BLOCK_LENGTH("the header's fixed block is too short or longer than the message"),
    STREAM("the frame belongs to another stream"),
    SEQUENCE("sequence or drop count is out of range"),
    DIMENSIONS("width or height is out of range"),
    PIXEL_FORMAT("the pixel format is unknown"),
    ENCODING("the encoding is unknown"),
    LOCATION("the location of the payload is unknown, or contradicts the pool id"),
    STRIDE("the stride is smaller than a row"),
    PAYLOAD_LENGTH("the payload length does not match the format"),
    OVER_LIMIT("the frame is larger than this subscription's maxFrameLength"),
    TIME_TO_LIVE("the time to live is negative"),
    METADATA_LENGTH("the metadata length is out of range"),
    POOL("the pool is gone, or does not have the slot"),
    CHUNK("the chunk does not lie within the frame"),
    MESSAGE_LENGTH("the message length does not match its header"),
    CHUNK_ORDER("a chunk of the frame is missing"),
    NO_MEMORY("there is not enough memory for the frame");

    private final String text;

    RejectReason(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
