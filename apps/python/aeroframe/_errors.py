"""The exceptions of the package, each with the one-line message of the Java library."""

from __future__ import annotations

from contextlib import contextmanager


class Error(Exception):
    """What all exceptions of this package have in common."""


class JavaNotFound(Error, ImportError):
    """Java is missing on this machine, or too old."""


class Forked(Error, RuntimeError):
    """This process was forked off one that uses streams already."""


class Closed(Error, ValueError):
    """The subscription, publication or frame is closed, or another thread uses it."""


class Timeout(Error, TimeoutError):
    """No frame came within the timeout of the subscription."""


class StreamLost(Error, ConnectionError):
    """The publisher vanished without ending its stream."""


class ChannelError(Error, OSError):
    """The channel cannot be used on this host: its address, port or interface."""


class DriverLost(Error, ConnectionError):
    """No media driver answers."""


class NoRoom(Error, MemoryError):
    """There is not enough shared memory for the stream."""


class StreamCollision(Error):
    """Another stream uses the same Aeron stream id on this channel."""


class FrameRevoked(Error):
    """The publisher has taken back the frame's memory, because this process was stopped for long."""


_BY_REASON = {
    "DRIVER_LOST": DriverLost,
    "DRIVER_SILENT": DriverLost,
    "NOT_RUNNING": DriverLost,
    "CHANNEL": ChannelError,
    "FOREIGN_NETWORK": ChannelError,
    "NO_ROOM": NoRoom,
    "NO_ROOM_FOR_POOL": NoRoom,
    "STREAM_COLLISION": StreamCollision,
    "LEASE_REVOKED": FrameRevoked,
}

_BY_CLASS = {
    "java.lang.IllegalArgumentException": ValueError,
    "java.lang.IllegalStateException": Closed,
    "java.lang.OutOfMemoryError": MemoryError,
}


def from_java(exception) -> Exception:
    """The Python exception that stands for one of Java's."""
    message = str(exception.getMessage() or exception)
    name = exception.getClass().getName()
    if str(name) == "java.lang.NoClassDefFoundError" and "zstd" in message.lower():
        return Error("zstd frames cannot be decoded here: run from a checkout or a release, which have the library")
    reason = str(exception.reason()) if hasattr(exception, "reason") else None
    return (_BY_REASON.get(reason) or _BY_CLASS.get(str(name)) or Error)(message)


def translated(error: Exception) -> Exception:
    """The Python exception for one that a call of Java raised; others as they are."""
    import jpype

    return from_java(error) if isinstance(error, jpype.JException) else error


def require_text(**settings) -> None:
    """Raises TypeError for the first setting that is not a str."""
    for name, value in settings.items():
        if not isinstance(value, str):
            raise TypeError(f"{name}={value!r} is not a str")


@contextmanager
def java_errors():
    """Raises Python's exceptions in place of Java's."""
    import jpype

    try:
        yield
    except jpype.JException as exception:
        raise from_java(exception) from None
