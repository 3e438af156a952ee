package io.aeroframe.apps;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.transport.FrameTransportException;
import io.aeroframe.vision.sink.SinkException;
import io.aeroframe.vision.source.SourceException;

/** The command-line option that helps with a failure. The libraries that report failures know no command line. */
final class OptionHint {

    private static final String SHARED_MEMORY = "docker run --shm-size 1g";

    private OptionHint() {}

    /**
     * Finds the option that helps.
     *
     * @param failure the failure of a command.
     * @return the option as it is typed, or an empty text.
     */
    static String of(Throwable failure) {
        if (failure instanceof FrameTransportException transport) {
            return of(transport.reason());
        }
        if (failure instanceof FrameDriverException driver) {
            return driver.reason() == FrameDriverException.Reason.NO_ROOM ? SHARED_MEMORY : "";
        }
        if (failure instanceof SourceException source) {
            return of(source.reason());
        }
        return failure instanceof SinkException sink ? of(sink.reason()) : "";
    }

    private static String of(FrameTransportException.Reason reason) {
        return switch (reason) {
            case NO_ROOM -> SHARED_MEMORY;
            case NO_ROOM_FOR_POOL -> "--pool off, --slots N or " + SHARED_MEMORY;
            case TOO_LARGE -> "--size WxH or --encoding jpeg";
            case POOL, TOO_MANY_SUBSCRIBERS -> "publish --pool off";
            default -> "";
        };
    }

    private static String of(SourceException.Reason reason) {
        return switch (reason) {
            case LIVE_HAS_NO_START -> "without --start";
            case START_AFTER_END -> "an earlier --start";
            case RAW_VIDEO_NOT_DESCRIBED -> "--input-size WxH --input-format FORMAT";
            case RAW_VIDEO_TOO_SHORT -> "another --input-size or --input-format";
            case DAMAGED_CAMERA_JPEG -> "--fourcc YUYV";
            case PROTOCOL_NOT_ALLOWED -> "--protocol-whitelist LIST";
            case UNUSED_INPUT_OPTION -> "--input-option KEY=VALUE";
        };
    }

    private static String of(SinkException.Reason reason) {
        return switch (reason) {
            case FILE_EXISTS -> "--overwrite";
            case CODEC_REFUSES_FORMAT -> "--codec ffv1";
            case FRAME_TOO_LARGE -> "publish with a smaller --size";
        };
    }
}
