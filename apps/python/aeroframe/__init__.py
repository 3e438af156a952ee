"""Live video frames between processes, as NumPy arrays over shared memory.

    with aeroframe.publish("camera_A") as out:
        out.send(image)

    with aeroframe.subscribe("camera_A", latest=True) as camera:
        for frame in camera:
            show(frame.image)

A Java virtual machine is started in this process with the first stream. AEROFRAME_OPTS holds options for it, and
AEROFRAME_DIR the directory that all processes of a host share.
"""

from ._capture import VideoCapture
from ._errors import (
    ChannelError,
    Closed,
    DriverLost,
    Error,
    Forked,
    FrameRevoked,
    JavaNotFound,
    NoRoom,
    StreamCollision,
    StreamLost,
    Timeout,
)
from ._frames import Frame
from ._jvm import jvm_arguments
from ._publish import Publication, PublicationLedger, publish
from ._streams import StreamInfo, streams
from ._subscribe import Subscription, SubscriptionLedger, subscribe

__all__ = [
    "ChannelError",
    "Closed",
    "DriverLost",
    "Error",
    "Forked",
    "Frame",
    "FrameRevoked",
    "JavaNotFound",
    "NoRoom",
    "Publication",
    "PublicationLedger",
    "StreamCollision",
    "StreamInfo",
    "StreamLost",
    "Subscription",
    "SubscriptionLedger",
    "Timeout",
    "VideoCapture",
    "jvm_arguments",
    "publish",
    "streams",
    "subscribe",
]
__version__ = "0.1.0"
