package io.aeroframe.transport;

import io.aeron.ErrorCode;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.RegistrationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns the driver's errors into messages that a person can act on. */
final class ChannelErrors {

    private static final Pattern STORAGE = Pattern.compile("length=(\\d+) usable=(\\d+) in (.*?)(?: \\(.*)?$");

    private static final Pattern INTERFACE = Pattern.compile(
            "(?:Unable to find multicast or loopback interface matching criteria: /?|unknown interface )"
                    + "([^\\s,]+?)(?:/32|/128)?(?:[\\s,]|$)");

    private static final Pattern DECORATION = Pattern.compile(
            "^(?:(?:ERROR|WARN|FATAL) - |[\\w.]+(?:Exception|Error) : )+| channel=\\S*|,? errorCodeValue=\\d+$");

    private ChannelErrors() {}

    /**
     * Waits for the driver's answer. The session bounds the wait; an interrupt does not end it.
     *
     * @throws FrameTransportException if the driver refuses the request or does not answer.
     */
    static <T> T await(Future<T> added, StreamName stream, FrameChannel channel) {
        try {
            return Uninterruptible.get(added);
        } catch (ExecutionException ex) {
            throw explain(ex.getCause(), stream, channel);
        }
    }

    /** Explains why the driver did not grant a request. */
    static FrameTransportException explain(Throwable cause, StreamName stream, FrameChannel channel) {
        return cause instanceof AeronException ex
                ? explain(ex, stream, channel)
                : new FrameTransportException(
                        FrameTransportException.Reason.CHANNEL,
                        "stream '" + stream + "' on channel '" + channel + "': " + cause,
                        cause);
    }

    private static FrameTransportException explain(AeronException ex, StreamName stream, FrameChannel channel) {
        if (ex instanceof DriverRequest.NoAnswerException) {
            return new FrameTransportException(
                    FrameTransportException.Reason.DRIVER_SILENT,
                    "stream '" + stream + "' on channel '" + channel + "': " + firstLine(ex.getMessage()),
                    ex);
        }
        if (!(ex instanceof RegistrationException)) { // no answer: the driver has just ended
            return new DriverLostException("stream '" + stream + "'", ex);
        }
        String text = ex.getMessage() == null ? "" : ex.getMessage();
        String prefix = "stream '" + stream + "' on channel '" + channel + "': ";
        Matcher storage = STORAGE.matcher(text);
        if (storage.find()) {
            return new FrameTransportException(
                    FrameTransportException.Reason.NO_ROOM,
                    prefix + "no room for its buffers: " + mebibytes(storage.group(1)) + " MiB are needed and "
                            + (Long.parseLong(storage.group(2)) >> 20) + " MiB are free in " + storage.group(3)
                            + "; make room (in a container, enlarge its shared memory), send smaller frames, or choose"
                            + " another place with the environment variable AEROFRAME_DIR",
                    ex);
        }
        if (text.contains("Address already in use")) {
            return new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL,
                    prefix + "the port is in use by another program: choose another port",
                    ex);
        }
        if (text.contains("Cannot assign requested address")) {
            return new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL, prefix + "the address does not belong to this host", ex);
        }
        if (text.contains("unresolved") || text.contains("UnknownHost")) {
            return new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL, prefix + "the host name cannot be resolved", ex);
        }
        Matcher unknown = INTERFACE.matcher(text);
        if (unknown.find()) {
            return new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL,
                    prefix + "this host has no multicast interface " + unknown.group(1)
                            + " that is up; choose one by name or address ('ip address' lists them)",
                    ex);
        }
        if (ex instanceof RegistrationException registration && registration.errorCode() == ErrorCode.INVALID_CHANNEL) {
            return new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL,
                    prefix + "the media driver refuses it: " + firstLine(text),
                    ex);
        }
        return new FrameTransportException(FrameTransportException.Reason.CHANNEL, prefix + firstLine(text), ex);
    }

    /** Rounded up, as it is a requirement. */
    private static long mebibytes(String bytes) {
        return (Long.parseLong(bytes) + (1 << 20) - 1) >> 20;
    }

    /** Removes exception names, error codes and the repeated channel, which only a programmer reads. */
    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("no reason given");
        return DECORATION.matcher(line).replaceAll("");
    }
}
