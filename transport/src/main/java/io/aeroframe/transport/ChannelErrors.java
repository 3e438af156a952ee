package io.aeroframe.transport;

import io.aeron.ErrorCode;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.RegistrationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns the driver's refusals into something a person can act upon. */
final class ChannelErrors {

    private static final Pattern STORAGE = Pattern.compile("length=(\\d+) usable=(\\d+) in (.*?)(?: \\(.*)?$");

    private static final Pattern INTERFACE = Pattern.compile(
            "(?:Unable to find multicast or loopback interface matching criteria: /?|unknown interface )([^\\s,]+?)(?:/32|/128)?(?:[\\s,]|$)");

    private static final Pattern DECORATION = Pattern.compile(
            "^(?:(?:ERROR|WARN|FATAL) - |[\\w.]+(?:Exception|Error) : )+| channel=\\S*|,? errorCodeValue=\\d+$");

    private ChannelErrors() {}

    /**
     * Waits for what the driver was asked for; an interrupt does not end the wait, which the session bounds.
     *
     * @throws FrameTransportException if the driver refuses it, or does not answer.
     */
    static <T> T await(Future<T> added, StreamName stream, FrameChannel channel) {
        try {
            return Uninterruptible.get(added);
        } catch (ExecutionException ex) {
            throw explain(ex.getCause(), stream, channel);
        }
    }

    /** Why something that the driver was asked for could not be had. */
    static FrameTransportException explain(Throwable cause, StreamName stream, FrameChannel channel) {
        return cause instanceof AeronException ex
                ? explain(ex, stream, channel)
                : new FrameTransportException("stream '" + stream + "' on channel '" + channel + "': " + cause, cause);
    }

    private static FrameTransportException explain(AeronException ex, StreamName stream, FrameChannel channel) {
        if (ex instanceof DriverRequest.NoAnswerException) {
            return new FrameTransportException(
                    "stream '" + stream + "' on channel '" + channel + "': " + firstLine(ex.getMessage()), ex);
        }
        if (!(ex instanceof RegistrationException)) { // no answer: the driver went at this moment
            return new DriverLostException("stream '" + stream + "'", ex);
        }
        String text = ex.getMessage() == null ? "" : ex.getMessage();
        String prefix = "stream '" + stream + "' on channel '" + channel + "': ";
        Matcher storage = STORAGE.matcher(text);
        if (storage.find()) {
            return new FrameTransportException(
                    prefix + "no room for its buffers: " + mebibytes(storage.group(1)) + " MiB are needed and "
                            + (Long.parseLong(storage.group(2)) >> 20) + " MiB are free in " + storage.group(3)
                            + "; make room (in a container: --shm-size), send smaller frames, or choose another place with"
                            + " the environment variable AEROFRAME_DIR",
                    ex);
        }
        if (text.contains("Address already in use")) {
            return new FrameTransportException(
                    prefix + "the port is in use by another program: choose another port", ex);
        }
        if (text.contains("Cannot assign requested address")) {
            return new FrameTransportException(prefix + "the address is not one of this host's", ex);
        }
        if (text.contains("unresolved") || text.contains("UnknownHost")) {
            return new FrameTransportException(prefix + "the host name cannot be resolved", ex);
        }
        Matcher unknown = INTERFACE.matcher(text);
        if (unknown.find()) {
            return new FrameTransportException(
                    prefix + "no interface of this host that is up and can do multicast is " + unknown.group(1)
                            + "; 'ip address' lists them: give the name or the address of one",
                    ex);
        }
        if (ex instanceof RegistrationException registration && registration.errorCode() == ErrorCode.INVALID_CHANNEL) {
            return new FrameTransportException(prefix + "the media driver refuses it: " + firstLine(text), ex);
        }
        return new FrameTransportException(prefix + firstLine(text), ex);
    }

    /** Rounded up: what is needed. */
    private static long mebibytes(String bytes) {
        return (Long.parseLong(bytes) + (1 << 20) - 1) >> 20;
    }

    /** Without what only a programmer reads: exception names, error codes, and the channel again. */
    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("no reason given");
        return DECORATION.matcher(line).replaceAll("");
    }
}
