"""A stream in place of ``cv2.VideoCapture``."""

from __future__ import annotations

import collections
import time

import numpy as np

from ._errors import Error
from ._subscribe import Subscription, subscribe

# OpenCV's numbers of properties.
_POS_FRAMES, _WIDTH, _HEIGHT, _FPS = 1, 3, 4, 5
_OPEN_TIMEOUT = 5.0
_FPS_FRAMES = 30


class VideoCapture:
    """Reads a stream as ``cv2.VideoCapture`` reads a camera: BGR images to write on, the newest first.

        cap = aeroframe.VideoCapture("camera_A")
        while cap.isOpened():
            ok, image = cap.read()
    """

    def __init__(self, stream: str, *, channel: str = "ipc", latest: bool = True, timeout: float = _OPEN_TIMEOUT):
        """Subscribes; waits for the first frame as long as ``read`` does.

        timeout: seconds after which ``read`` and ``grab`` return False.
        """
        self._camera: Subscription | None = subscribe(stream, channel=channel, latest=latest)
        self._timeout = timeout
        self._frame = None
        self._size = (0, 0)
        self._times: collections.deque = collections.deque(maxlen=_FPS_FRAMES)

    def isOpened(self) -> bool:
        """Whether frames may come: until the stream has ended, or ``release()``."""
        return self._camera is not None

    def grab(self) -> bool:
        """Waits for the next frame. False if none came in time, or the stream has ended."""
        if self._camera is None:
            return False
        started = time.monotonic()
        self._frame = self._camera.read(self._timeout)
        if self._frame is None:
            if time.monotonic() - started < self._timeout:
                self.release()
            return False
        self._size = (self._frame.width, self._frame.height)
        self._times.append(time.monotonic())
        return True

    def retrieve(self, image: np.ndarray | None = None):
        """The frame that was grabbed: (True, BGR or gray image), or (False, None).

        image: where to put it, if its shape is the frame's.
        """
        if self._frame is None:
            return False, None
        pixels = _bgr(self._frame)
        if image is not None and image.shape == pixels.shape and image.dtype == pixels.dtype:
            np.copyto(image, pixels)
            return True, image
        return True, pixels if pixels.flags.owndata and pixels.flags.writeable else pixels.copy()

    def read(self, image: np.ndarray | None = None):
        """``grab()`` and ``retrieve()``."""
        return self.retrieve(image) if self.grab() else (False, None)

    def get(self, property: int) -> float:
        """Width (3) and height (4) of the last frame, frames a second as received (5), its number (1); else 0."""
        if property == _WIDTH:
            return float(self._size[0])
        if property == _HEIGHT:
            return float(self._size[1])
        if property == _POS_FRAMES:
            return float(self._frame.sequence) if self._frame is not None else 0.0
        if property == _FPS and len(self._times) > 1 and self._times[-1] > self._times[0]:
            return (len(self._times) - 1) / (self._times[-1] - self._times[0])
        return 0.0

    def set(self, property: int, value: float) -> bool:
        """A subscriber cannot change its stream: False."""
        return False

    def release(self) -> None:
        """Leaves the stream. Releasing twice does nothing."""
        if self._camera is not None:
            self._frame = None
            self._camera._end_current()
            self._camera.close()
            self._camera = None


def _bgr(frame) -> np.ndarray:
    image, name = frame.image, frame.format
    if name in ("bgr24", "gray8", "gray16"):
        return image
    if name == "rgb24":
        return np.ascontiguousarray(image[..., ::-1])
    if name == "bgra32":
        return np.ascontiguousarray(image[..., :3])
    try:
        import cv2
    except ImportError:
        raise Error(f"{name} frames need OpenCV for Python to become BGR: apt-get install python3-opencv") from None
    if name == "yuyv":
        return cv2.cvtColor(image, cv2.COLOR_YUV2BGR_YUY2)
    if name == "nv12":
        return cv2.cvtColorTwoPlane(image[0], image[1], cv2.COLOR_YUV2BGR_NV12)
    planes = np.concatenate([plane.reshape(-1) for plane in image]).reshape(-1, image[0].shape[1])
    return cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)
