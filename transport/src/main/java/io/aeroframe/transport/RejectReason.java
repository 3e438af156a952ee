package io.aeroframe.transport;

/** Why a message was rejected. */
enum RejectReason {
    TOO_SHORT("the message is shorter than its header"),
    FOREIGN_SCHEMA("the message does not use Aeroframe's schema"),
    UNKNOWN_MESSAGE("the message type is unknown"),
    BLOCK_LENGTH("the header's fixed block is too short or longer than the message"),
    STREAM("the frame belongs to another stream"),
    SEQUENCE("the sequence or the drop count is out of range"),
    DIMENSIONS("the width or the height is out of range"),
    PIXEL_FORMAT("the pixel format is unknown"),
    ENCODING("the encoding is unknown"),
    LOCATION("the payload's location is unknown, or contradicts the pool id"),
    STRIDE("the stride is smaller than a row"),
    PAYLOAD_LENGTH("the payload length does not match the format"),
    OVER_LIMIT("the frame is larger than this subscription's maxFrameLength"),
    TIME_TO_LIVE("the time to live is negative"),
    METADATA_LENGTH("the metadata length is out of range"),
    POOL("the pool is gone or has no such slot"),
    CHUNK("the chunk is not within the frame"),
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
