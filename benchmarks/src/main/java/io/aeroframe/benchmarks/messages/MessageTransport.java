package io.aeroframe.benchmarks.messages;

import io.aeroframe.benchmarks.harness.Arrivals;
import io.aeroframe.benchmarks.harness.FrameReceiver;
import io.aeroframe.benchmarks.harness.FrameSender;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.benchmarks.pictures.PictureFile;
import java.io.IOException;
import java.nio.file.Path;

/** A way to carry messages between two processes in Java, other than Aeron. Its two ends meet in a directory. */
public enum MessageTransport {
    unixSocket {
        @Override
        MessageSender connect(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.toSocket(directory.resolve("socket"));
        }

        @Override
        MessageReceiver listen(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.fromSocket(directory.resolve("socket"), maxLength(plan));
        }
    },
    namedPipe {
        @Override
        MessageSender connect(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.toPipe(directory.resolve(PIPE));
        }

        @Override
        MessageReceiver listen(Path directory, Plan plan) throws IOException {
            return ByteChannelMessages.fromPipe(directory.resolve(PIPE), maxLength(plan));
        }
    },
    mappedFile {
        @Override
        MessageSender connect(Path directory, Plan plan) throws IOException {
            return new MappedMessages(directory.resolve("mapped"), maxLength(plan), false);
        }

        @Override
        MessageReceiver listen(Path directory, Plan plan) throws IOException {
            return new MappedMessages(directory.resolve("mapped"), maxLength(plan), false);
        }
    },
    mappedFileInPlace {
        @Override
        MessageSender connect(Path directory, Plan plan) throws IOException {
            return new MappedMessages(directory.resolve("mapped"), maxLength(plan), true);
        }

        @Override
        MessageReceiver listen(Path directory, Plan plan) throws IOException {
            return mappedFile.listen(directory, plan);
        }
    },
    jeroMq {
        @Override
        MessageSender connect(Path directory, Plan plan) throws IOException {
            return JeroMqMessages.publisher(directory.resolve("port"), plan);
        }

        @Override
        MessageReceiver listen(Path directory, Plan plan) throws IOException {
            return JeroMqMessages.subscriber(directory.resolve("port"));
        }
    };

    /** The name of the pipe that the command makes in the directory. */
    public static final String PIPE = "fifo";

    abstract MessageSender connect(Path directory, Plan plan) throws IOException;

    abstract MessageReceiver listen(Path directory, Plan plan) throws IOException;

    /**
     * Connects the writing end. May wait for the reading end.
     *
     * @param directory the directory where the ends meet, with the picture in it
     * @throws IOException if the picture cannot be read, or the ends cannot be connected
     */
    public FrameSender sender(Path directory, Plan plan) throws IOException {
        return new MessageFrameSender(plan, PictureFile.read(directory, plan.size()), connect(directory, plan));
    }

    /**
     * Connects the reading end. May wait for the writing end.
     *
     * @param directory the directory where the ends meet
     * @throws IOException if the ends cannot be connected
     */
    public FrameReceiver receiver(Path directory, Plan plan, Arrivals arrivals) throws IOException {
        return new MessageFrameReceiver(plan, listen(directory, plan), arrivals);
    }

    private static int maxLength(Plan plan) {
        return MessageHeader.LENGTH + PictureCodec.capacity(plan.size());
    }
}
