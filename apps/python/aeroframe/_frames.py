"""Frames and the arrays over their memory."""

from __future__ import annotations

import ctypes
import time
from typing import TYPE_CHECKING, Tuple, Union

import numpy as np

from . import _jvm
from ._errors import Closed, Error, FrameRevoked, java_errors

if TYPE_CHECKING:
    from ._subscribe import Subscription

Image = Union[np.ndarray, Tuple[np.ndarray, ...]]

# Wire codes.
FORMATS = {"gray8": 1, "gray16": 2, "bgr24": 3, "rgb24": 4, "bgra32": 5, "yuyv": 6, "nv12": 7, "i420": 8}
_FORMAT_NAMES = {code: name for name, code in FORMATS.items()}
ENCODINGS = {0: "raw", 1: "jpeg", 2: "zstd"}
CHANNELS = {"bgr24": 3, "rgb24": 3, "bgra32": 4, "yuyv": 2}


_MEMORY_UNIT = 64 * 1024
_memory_types: dict = {}


def memory_type(length: int) -> type:
    """Memory of Java's of so many bytes or more, that arrays are views of. After the last of them, it is released.

    ``type.from_address(address)``, then ``number`` is to be set, of HeldMemory.
    """
    length += -length % _MEMORY_UNIT  # JPEG images differ in length: they share a few types
    found = _memory_types.get(length)
    if found is None:
        found = _memory_types[length] = type("Memory", (ctypes.c_uint8 * length,), {"__del__": _release})
    return found


def _release(memory) -> None:
    _jvm.release_memory(memory.number)


def layout(data, name: str, width: int, height: int, stride: int) -> Image:
    """The image in a buffer with a payload, whose rows are ``stride`` bytes apart: views, nothing is copied."""

    channels = CHANNELS.get(name)
    if channels:  # first, as most frames are
        return np.ndarray((height, width, channels), np.uint8, data, 0, (stride, channels, 1))

    def plane(shape, offset, strides, dtype=np.uint8):
        return np.ndarray(shape, dtype, data, offset, strides)

    if name == "gray8":
        return plane((height, width), 0, (stride, 1))
    if name == "gray16":
        return plane((height, width), 0, (stride, 2), np.dtype("<u2"))
    half_width, half_height, half_stride = (width + 1) // 2, (height + 1) // 2, (stride + 1) // 2
    luma = stride * height
    if name == "nv12":
        chroma = plane((half_height, half_width, 2), luma, (2 * half_stride, 2, 1))
        return plane((height, width), 0, (stride, 1)), chroma
    return (
        plane((height, width), 0, (stride, 1)),
        plane((half_height, half_width), luma, (half_stride, 1)),
        plane((half_height, half_width), luma + half_stride * half_height, (half_stride, 1)),
    )


def row_length(name: str, width: int) -> int:
    """Bytes of a row of the first plane."""
    if name == "yuyv":
        return (width + 1) // 2 * 4
    return width * (2 if name == "gray16" else CHANNELS.get(name, 1))


def payload_length(name: str, width: int, height: int) -> int:
    """Bytes of a raw frame without padding."""
    first = row_length(name, width) * height
    if name in ("nv12", "i420"):
        return first + (width + 1) // 2 * ((height + 1) // 2) * 2
    return first


class Frame:
    """One received frame, valid until its subscription delivers the next one, unless it is kept.

    Its arrays may outlive it. They go on showing this frame: its memory is released when the last of them has gone.
    """

    __slots__ = ("_camera", "_number", "_numbers", "_memory", "_data", "_image", "_is_kept", "_metadata", "__weakref__")

    def __init__(self, camera: "Subscription", number: int, numbers: tuple):
        memory = memory_type(numbers[1]).from_address(numbers[0])
        memory.number = number
        self._camera = camera
        self._number = number
        self._numbers = numbers
        self._memory = memory
        self._data = None
        self._image = None
        self._metadata = None
        self._is_kept = False

    @property
    def sequence(self) -> int:
        """The number of the frame in its publication, from 0; frames that were dropped are counted, too."""
        return self._numbers[2]

    @property
    def capture_time_ns(self) -> int:
        """When the picture was taken: nanoseconds since the epoch, by the publisher's clock."""
        return self._numbers[3]

    @property
    def publish_time_ns(self) -> int:
        """When the frame was sent, by ``time.monotonic_ns()`` of the publisher's host. See ``is_same_host``."""
        return self._numbers[4]

    @property
    def age_ms(self) -> float:
        """Milliseconds since the picture was taken; from another host only as exact as the clocks agree."""
        return (time.time_ns() - self._numbers[3]) / 1e6

    @property
    def width(self) -> int:
        """The width in pixels."""
        return self._numbers[5]

    @property
    def height(self) -> int:
        """The height in pixels."""
        return self._numbers[6]

    @property
    def format(self) -> str:
        """The pixel format, once decoded: gray8, gray16, bgr24, rgb24, bgra32, yuyv, nv12 or i420."""
        return _FORMAT_NAMES[self._numbers[8]]

    @property
    def encoding(self) -> str:
        """``raw``, ``jpeg`` or ``zstd``."""
        return ENCODINGS[self._numbers[9]]

    @property
    def is_shared(self) -> bool:
        """Whether ``data`` is the publisher's own memory, so that the frame was never copied."""
        return bool(self._numbers[12])

    @property
    def is_same_host(self) -> bool:
        """Whether ``time.monotonic_ns() - publish_time_ns`` is a latency."""
        return bool(self._numbers[13])

    @property
    def data(self) -> np.ndarray:
        """The payload, uint8, one dimension: pixels with the padding of their rows, or the compressed image.

        Read-only; a view, not a copy.
        """
        if self._data is None:
            self._data = np.frombuffer(memoryview(self._open()).toreadonly(), np.uint8, self._numbers[1])
        return self._data

    @property
    def image(self) -> Image:
        """The picture.

        uint8, read-only, a view of the shared memory: (height, width, 3) for bgr24 and rgb24, (height, width, 4) for
        bgra32, (height, width) for gray8, (height, width, 2) for yuyv. gray16 is uint16. nv12 and i420 are tuples of
        planes: luma (height, width), then chroma of half size, (…, 2) for nv12, two arrays for i420.

        JPEG and zstd frames are decoded when this is first read, into memory of the array's own.
        """
        if self._image is None:
            self._image = self._view() if self.encoding == "raw" else self._decode()
        return self._image

    def _view(self) -> Image:
        numbers = self._numbers
        return layout(self.data, _FORMAT_NAMES[numbers[8]], numbers[5], numbers[6], numbers[7])

    def _decode(self) -> Image:
        self._open()
        name, width, height = self.format, self.width, self.height
        if self.encoding == "jpeg" and not self._camera._has_jpeg():
            return self._decode_with_opencv()
        pixels = np.empty(payload_length(name, width, height), np.uint8)
        with java_errors():
            self._camera._java.decode(self._number, pixels.ctypes.data, pixels.size)
        image = layout(pixels, name, width, height, row_length(name, width))
        for array in image if isinstance(image, tuple) else (image,):
            array.flags.writeable = False
        return image

    def _decode_with_opencv(self) -> np.ndarray:
        try:
            import cv2
        except ImportError:
            raise Error(
                "JPEG frames cannot be decoded: install TurboJPEG (Debian, Ubuntu: apt-get install libturbojpeg0) or "
                "OpenCV for Python"
            ) from None
        image = cv2.imdecode(self.data, cv2.IMREAD_GRAYSCALE if self.format == "gray8" else cv2.IMREAD_COLOR)
        if image is None:
            raise Error(f"frame {self.sequence}: the JPEG image is corrupt")
        image.flags.writeable = False
        return image

    @property
    def metadata(self) -> bytes:
        """The publisher's own bytes, up to 64 KiB."""
        if self._metadata is None:
            self._open()
            self._metadata = b"" if not self._numbers[11] else bytes(self._camera._java.metadata(self._number))
        return self._metadata

    @property
    def is_revoked(self) -> bool:
        """Whether the publisher has taken back the memory, because this process was stopped for long.

        The arrays may show other frames then.
        """
        self._open()
        return bool(self._camera._java.isRevoked(self._number))

    def copy(self) -> Image:
        """The picture in memory of its own, to write on, or to have for longer than the publisher has slots.

        Raises FrameRevoked if the publisher took back the memory meanwhile.
        """
        image = self.image
        copied = tuple(plane.copy() for plane in image) if isinstance(image, tuple) else image.copy()
        if self.is_revoked:
            raise FrameRevoked(
                f"frame {self.sequence} was taken back by its publisher, because this process was stopped for long"
            )
        return copied

    def keep(self) -> "Frame":
        """Keeps the frame when its subscription delivers the next one, until it is closed.

        A kept frame stays in the publisher's memory; beyond half of its slots, frames are copied.
        """
        self._open()
        self._is_kept = True
        return self

    def close(self) -> None:
        """Lets the frame go. Arrays that have been taken from it stay as they are. Closing twice does nothing."""
        self._memory = None
        self._data = None
        self._image = None

    def _open(self) -> ctypes.Array:
        if self._memory is None:
            raise Closed(f"frame {self.sequence} has gone: keep() it, or take its image, before the next one")
        return self._memory

    def __enter__(self) -> "Frame":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "" if self._memory is not None else " closed"
        kind = self.format if self.encoding == "raw" else f"{self.format} {self.encoding}"
        return f"<aeroframe.Frame {self.sequence} {self.width}x{self.height} {kind}{state}>"
