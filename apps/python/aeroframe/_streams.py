"""What streams there are on this host."""

import json
from typing import NamedTuple

from . import _jvm
from ._errors import java_errors, require_text


class StreamInfo(NamedTuple):
    """A stream of this host, as `aeroframe list` shows it."""

    name: str
    channel: str
    """ipc, or udp:HOST:PORT."""
    format: str | None
    """Such as 1280x720 BGR24; None before the first frame."""
    width: int | None
    height: int | None
    fps: float
    """Frames a second in the last two seconds; 0.0 if none came."""
    bytes_per_second: int
    subscribers: int
    """Those of this host."""
    pid: int | None
    """The publisher's process; None if it is on another host, or there is none."""
    state: str
    """For people: streaming, standby, no subscribers, silent for 5 s."""


def streams(*, aeron_dir: str | None = None) -> list[StreamInfo]:
    """The streams that are published or subscribed to on this host, in the order of their names.

    Nobody subscribes for it, and the streams do not notice. Streams of other hosts that nobody here subscribes to are
    not among them. Takes milliseconds once the Java virtual machine runs.

    aeron_dir: the directory of an Aeron media driver that another program runs, as in publish and subscribe.
    """
    require_text(aeron_dir="" if aeron_dir is None else aeron_dir)
    runtime = _jvm.runtime(aeron_dir)
    with java_errors():
        listed = json.loads(str(runtime.streams()))
    return [
        StreamInfo(
            name=stream["stream"],
            channel=stream["channel"],
            format=stream["format"],
            width=stream.get("width"),
            height=stream.get("height"),
            fps=stream["fps"],
            bytes_per_second=stream["bytes_per_second"],
            subscribers=stream["subscribers"],
            pid=stream["publisher"]["pid"] if stream["publisher"] else None,
            state=stream["state"],
        )
        for stream in listed["streams"]
    ]
