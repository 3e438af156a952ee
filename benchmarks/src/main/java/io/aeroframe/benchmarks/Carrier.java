package io.aeroframe.benchmarks;

import io.aeroframe.transport.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What carries frames from a process to another in Java, besides Aeron. Its two ends meet in a directory. */
enum Carrier {
    unixSocket {
        @Override
        MessageSender sender(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.toSocket(directory.resolve("socket"));
        }

        @Override
        MessageReceiver receiver(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.fromSocket(directory.resolve("socket"), maxLength(plan));
        }
    },
    namedPipe {
        @Override
        MessageSender sender(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.toPipe(directory.resolve(PIPE));
        }

        @Override
        MessageReceiver receiver(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.fromPipe(directory.resolve(PIPE), maxLength(plan));
        }
    },
    mappedFile {
        @Override
        MessageSender sender(Path directory, Plan plan) throws IOException {
            return new MappedMessages(directory.resolve("mapped"), maxLength(plan));
        }

        @Override
        MessageReceiver receiver(Path directory, Plan plan) throws IOException {
            return new MappedMessages(directory.resolve("mapped"), maxLength(plan));
        }
    },
    jeroMq {
        @Override
        MessageSender sender(Path directory, Plan plan) throws IOException {
            return JeroMqMessages.publisher(directory.resolve("port"), plan);
        }

        @Override
        MessageReceiver receiver(Path directory, Plan plan) throws IOException {
            return JeroMqMessages.subscriber(directory.resolve("port"));
        }
    };

    /** The name of the pipe that the command makes in the directory. */
    static final String PIPE = "fifo";

    /** The name of the file with the pixels of the picture, BGR, that the command writes to the directory. */
    static final String PICTURE = "picture.bgr";

    abstract MessageSender sender(Path directory, Plan plan) throws IOException;

    abstract MessageReceiver receiver(Path directory, Plan plan) throws IOException;

    private static int maxLength(Plan plan) {
        return MessageHeader.LENGTH + PictureCodec.capacity(plan.size());
    }

    /** The pixels of the picture: the same for all peers. Direct, position 0. */
    static ByteBuffer picture(Path directory, Plan plan) throws IOException {
        int length =
                FrameFormat.bgr24(plan.size().width(), plan.size().height()).maxPayloadLength();
        ByteBuffer pixels = ByteBuffer.allocateDirect(length);
        try (FileChannel file = FileChannel.open(directory.resolve(PICTURE), StandardOpenOption.READ)) {
            while (pixels.hasRemaining()) {
                if (file.read(pixels) < 0) {
                    throw new IOException(PICTURE + " has only " + pixels.position() + " of " + length + " bytes");
                }
            }
        }
        return pixels.flip();
    }
}
