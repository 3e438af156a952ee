"""Publishing a stream."""

from __future__ import annotations

import ctypes
import operator
import time
from typing import NamedTuple, Sequence, Union

import numpy as np

from . import _jvm
from ._errors import Closed, Error, java_errors, require_text, translated
from ._frames import CHANNELS, FORMATS, Image, layout, memory_type, payload_length, row_length
from ._stream import Stream

_NOW = -(2**63)
_DROPPED, _NO_SLOT_ON_CHANNEL, _WAITING = -1, -2, -3
_MAX_METADATA = 64 * 1024
_MAX_SIZE = 65_535
_DEFAULT_SHAPE = (720, 1280, 3)

Bytes = Union[bytes, bytearray, memoryview]


class PublicationLedger(NamedTuple):
    """What became of the frames of a publication.

    published = sent + dropped_back_pressure + dropped_no_slot + dropped_no_subscriber + dropped_at_source.
    """

    published: int
    sent: int
    dropped_back_pressure: int
    dropped_no_slot: int
    dropped_no_subscriber: int
    dropped_at_source: int
    bytes: int


class Claim:
    """A frame that is written in place, as a context: sent at the end of the block, or not at all if it raises.

    ``capture_time_ns`` and ``metadata`` may be set in the block.
    """

    def __init__(self, out: "Publication", name: str, width: int, height: int, time_ns, metadata):
        self.capture_time_ns: int | None = time_ns
        self.metadata: Bytes | None = metadata
        self._out = out
        self._what = (name, width, height)
        self._code = _DROPPED
        self._pixels: Image | None = None
        self._memory = None

    def __enter__(self) -> Image:
        name, width, height = self._what
        length = payload_length(name, width, height)
        self._code = self._out._claim(name, width, height)
        if self._code >= 0:
            java = self._out._java
            self._memory = memory_type(length).from_address(java.claimAddress())
            self._memory.number = self._code
        else:
            self._memory = np.empty(length, np.uint8)
        self._pixels = layout(self._memory, name, width, height, row_length(name, width))
        return self._pixels

    def __exit__(self, kind, *_) -> bool:
        out, code = self._out, self._code
        try:
            if code >= 0:
                if kind is None:
                    out._commit(self.capture_time_ns, self.metadata)
                else:
                    out._java.abort()
            elif code == _NO_SLOT_ON_CHANNEL and kind is None:
                self._send()
        finally:
            out._has_claim = False
            pixels = self._pixels
            self._pixels = self._memory = None
            for array in pixels if isinstance(pixels, tuple) else (pixels,):
                array.flags.writeable = False
        return False

    def _send(self) -> None:
        name, width, height = self._what
        if self._out._encoding == "jpeg":
            self._out._encode(self._pixels, name, self.capture_time_ns, self.metadata)
        else:
            self._out._offer(self._memory, name, width, height, self.capture_time_ns, self.metadata)


class Publication(Stream):
    """Sends the frames of one stream. For one thread at a time; ``close()`` and ``ledger`` for any."""

    _kind = "publication"

    def __init__(
        self, java, runtime, stream: str, format: str | None, encoding: str, quality: int, is_lossless: bool
    ):
        super().__init__(java, runtime, stream)
        self._format = format
        self._encoding = encoding
        self._quality = quality
        self._is_lossless = is_lossless
        self._has_claim = False
        self._metadata_address = int(java.metadataAddress())
        self._reported_ns = 0
        self._jpeg = None

    def send(
        self,
        image: Image | Bytes,
        capture_time_ns: int | None = None,
        metadata: Bytes | None = None,
        *,
        format: str | None = None,
    ) -> bool:
        """Sends a copy of a picture.

        image: uint8 of shape (height, width, 3) is bgr24, as OpenCV has it, unless ``format`` says rgb24;
            (height, width) gray8, (height, width, 4) bgra32, (height, width, 2) yuyv; uint16 of (height, width)
            gray16; for nv12 and i420 the tuple of planes, or one array of (height * 3 / 2, width) as OpenCV has it.
            Any strides. ``bytes`` are a JPEG image, which is sent as it is.
        capture_time_ns: when the picture was taken, nanoseconds since the epoch; None for now.
        metadata: bytes of your own, up to 64 KiB.

        Returns False if the frame was dropped, which ``ledger`` counts by reason: without a subscriber, or because
        the slowest one has left no room. Raises ValueError if the array is not a picture of the format.
        """
        self._enter()
        if isinstance(image, (bytes, bytearray, memoryview)):
            return self._send_jpeg(np.frombuffer(image, np.uint8), capture_time_ns, metadata)
        name = self._format_of(image, format)
        width, height = _size(image, name)
        if self._encoding == "jpeg":
            return self._encode(image, name, capture_time_ns, metadata)
        code = self._claim_slot(name, width, height, False)
        if code == _DROPPED:
            self._log_reports()
            return False
        try:
            target = (ctypes.c_uint8 * payload_length(name, width, height)).from_address(self._java.claimAddress())
            _copy(target, image, name, width, height)
        except BaseException:
            self._java.abort()
            raise
        return self._commit(capture_time_ns, metadata)

    def claim(
        self,
        shape: Sequence[int],
        format: str | None = None,
        *,
        capture_time_ns: int | None = None,
        metadata: Bytes | None = None,
    ) -> Claim:
        """A picture to be written in place, in the memory that subscribers read:

            with out.claim((720, 1280, 3)) as pixels:
                camera.read(pixels)

        shape: of the array, as in ``send``; for nv12 and i420 (height, width). The content is undefined.

        It is sent at the end of the block, or not at all if the block raises. The array is read-only then, and goes on
        showing this frame; its memory is used again when the last array over it has gone. If the frame is to be
        dropped, the array is memory that goes nowhere.
        """
        self._enter()
        try:
            shape = tuple(operator.index(size) for size in shape)
        except TypeError:
            raise ValueError(f"shape={shape!r} is not that of an array, such as (720, 1280, 3)") from None
        name = _name_of(shape, np.dtype(np.uint8), format or self._format)
        if name in CHANNELS and shape[2:] != (CHANNELS[name],) or name not in CHANNELS and len(shape) != 2:
            raise ValueError(f"shape={shape} is not that of {_expected(name)}")
        height, width = shape[:2]
        _check_size(width, height)
        return Claim(self, name, width, height, capture_time_ns, metadata)

    def _claim(self, name: str, width: int, height: int) -> int:
        self._enter()
        if self._encoding == "jpeg":
            code = _NO_SLOT_ON_CHANNEL
        else:
            code = self._claim_slot(name, width, height, True)
        self._has_claim = True
        if code == _DROPPED:
            self._log_reports()
        return code

    def _claim_slot(self, name: str, width: int, height: int, is_held: bool) -> int:
        """Claims memory, if need be repeatedly: between the calls, Ctrl-C takes effect."""
        code, kind = _WAITING, FORMATS[name]
        with java_errors():
            while code == _WAITING:
                code = self._java.claim(kind, width, height, is_held)
        return code

    def _await_room(self, width: int, height: int) -> None:
        if self._is_lossless:
            with java_errors():
                while not self._java.awaitRoom(width, height):
                    pass

    def _enter(self) -> None:
        self._require_open()
        if self._has_claim:
            raise Closed("the last claim has not ended: leave its block first")

    def _format_of(self, image: Image, format: str | None) -> str:
        wanted = format or self._format
        if isinstance(image, tuple):
            name = wanted or {2: "nv12", 3: "i420"}.get(len(image))
            if name not in ("nv12", "i420"):
                raise ValueError(f"a tuple of {len(image)} planes is not a picture: nv12 has 2, i420 3")
            return name
        if not isinstance(image, np.ndarray):
            kind = type(image).__name__
            raise ValueError(f"{kind} is not a picture: send a NumPy array, or the bytes of a JPEG image")
        return _name_of(image.shape, image.dtype, wanted)

    def _commit(self, time_ns: int | None, metadata: Bytes | None) -> bool:
        """Sends what has been claimed, or returns it if that fails."""
        try:
            length = self._put_metadata(metadata)
        except BaseException:
            self._java.abort()
            raise
        try:
            return self._java.commit(_NOW if time_ns is None else time_ns, length)
        except Exception as error:
            raise translated(error) from None

    def _put_metadata(self, metadata: Bytes | None) -> int:
        if not metadata:
            return 0
        data = bytes(metadata)
        if len(data) > _MAX_METADATA:
            raise ValueError(f"metadata of {len(data)} bytes is over the limit of {_MAX_METADATA}")
        ctypes.memmove(self._metadata_address, data, len(data))
        return len(data)

    def _send_jpeg(self, data: np.ndarray, time_ns: int | None, metadata) -> bool:
        length = self._put_metadata(metadata)
        if not data.size:
            raise ValueError("an image of no bytes: send the bytes of a JPEG image")
        self._await_room(1, 1)
        with java_errors():
            return bool(
                self._java.sendJpeg(data.ctypes.data, data.size, _NOW if time_ns is None else time_ns, length)
            )

    def _offer(self, memory: np.ndarray, name: str, width: int, height: int, time_ns, metadata) -> bool:
        self._await_room(width, height)
        length = self._put_metadata(metadata)
        time_ns = _NOW if time_ns is None else time_ns
        with java_errors():
            return bool(self._java.send(FORMATS[name], width, height, memory.ctypes.data, time_ns, length))

    def _encode(self, image: Image, name: str, time_ns: int | None, metadata) -> bool:
        if name not in ("bgr24", "rgb24", "bgra32", "gray8"):
            raise ValueError(f"{name} cannot be encoded as JPEG: send bgr24, rgb24, bgra32 or gray8")
        if self._jpeg is None:
            self._jpeg = bool(_jvm.java("PythonSubscription").hasJpeg())
        width, height = _size(image, name)
        if not self._jpeg:
            return self._send_jpeg(_encode_with_opencv(image, name, self._quality), time_ns, metadata)
        if image.strides[0] < row_length(name, width) or image.strides[1:] != _packed_strides(image):
            image = np.ascontiguousarray(image)
        self._await_room(width, height)
        length = self._put_metadata(metadata)
        with java_errors():
            return bool(
                self._java.encode(
                    FORMATS[name],
                    width,
                    height,
                    image.strides[0],
                    image.ctypes.data,
                    self._quality,
                    _NOW if time_ns is None else time_ns,
                    length,
                )
            )

    def _log_reports(self) -> None:
        now_ns = time.monotonic_ns()
        if now_ns - self._reported_ns > 1_000_000_000:
            self._reported_ns = now_ns
            _jvm.log_reports(self._runtime)

    def wait_for_subscriber(self, timeout: float | None = None, *, shape: Sequence[int] = _DEFAULT_SHAPE) -> bool:
        """Waits until somebody subscribes.

        timeout: seconds; None for no limit.
        shape: of the frames to come, as in ``claim``, if there has been none: larger ones need more memory later.

        Returns False if nobody came in time.
        """
        self._enter()
        name = _name_of(tuple(shape), np.dtype(np.uint8), self._format)
        with java_errors():
            self._java.open(FORMATS[name], shape[1], shape[0], self._encoding == "jpeg")
        limit = None if timeout is None else time.monotonic() + timeout
        while not self.subscribers:
            if limit is not None and time.monotonic() >= limit:
                return False
            time.sleep(0.005)
        return True

    @property
    def subscribers(self) -> int:
        """The number of subscribers; over UDP 1 stands for one or more; 0 before the first frame."""
        if self._is_closed or not _jvm.is_usable():
            return 0
        with java_errors():
            return int(self._java.subscriberCount())

    @property
    def last_drop(self) -> str | None:
        """Why the last dropped frame was dropped: ``no_subscriber``, ``no_slot``, ``back_pressure``."""
        reason = self._java.lastDrop()
        return None if reason is None else str(reason).lower()

    @property
    def ledger(self) -> PublicationLedger:
        """The account of the frames until now."""
        return PublicationLedger(*map(int, self._java.ledger()))


def _packed_strides(image: np.ndarray) -> tuple:
    return (image.shape[2], 1) if image.ndim == 3 else (1,)


def _name_of(shape: tuple, dtype: np.dtype, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in FORMATS:
            raise ValueError(f"format={wanted!r} is not one of {', '.join(FORMATS)}")
        return wanted
    if dtype == np.uint16 and len(shape) == 2:
        return "gray16"
    if dtype == np.uint8 and len(shape) == 2:
        return "gray8"
    if dtype == np.uint8 and len(shape) == 3:
        name = {3: "bgr24", 4: "bgra32", 2: "yuyv"}.get(shape[2])
        if name is not None:
            return name
    raise ValueError(
        f"an array of {dtype} and shape {tuple(shape)} is not a picture: uint8 of (height, width), (height, width, 2), "
        "(height, width, 3) or (height, width, 4), or uint16 of (height, width)"
    )


def _expected(name: str) -> str:
    channels = CHANNELS.get(name)
    return f"{name}: (height, width" + (f", {channels})" if channels else ")")


def _check_size(width: int, height: int) -> None:
    if not (1 <= width <= _MAX_SIZE and 1 <= height <= _MAX_SIZE):
        raise ValueError(f"a picture of {width}x{height} is not within 1x1 to {_MAX_SIZE}x{_MAX_SIZE}")


def _size(image: Image, name: str) -> tuple:
    """Width and height of a picture whose arrays suit the format."""
    if isinstance(image, tuple):
        height, width = image[0].shape
        chroma = ((height + 1) // 2, (width + 1) // 2)
        expected = [(height, width), chroma + (2,)] if name == "nv12" else [(height, width), chroma, chroma]
        shapes = [plane.shape for plane in image]
        if shapes != expected or any(plane.dtype != np.uint8 for plane in image):
            raise ValueError(f"planes of shapes {shapes} are not uint8 planes of {name}: {expected}")
    else:
        dtype = np.uint16 if name == "gray16" else np.uint8
        if image.dtype != dtype:
            raise ValueError(f"an array of {image.dtype} is not a {name} picture, which is {np.dtype(dtype)}")
        if name in ("nv12", "i420"):
            if image.ndim != 2 or image.shape[0] % 3 or image.shape[1] % 2:
                raise ValueError(
                    f"an array of shape {image.shape} is not a {name} picture: (height * 3 / 2, width), both even, or "
                    "the tuple of planes"
                )
            height, width = image.shape[0] // 3 * 2, image.shape[1]
        else:
            channels = CHANNELS.get(name)
            if image.ndim != (3 if channels else 2) or channels and image.shape[2] != channels:
                raise ValueError(f"an array of shape {image.shape} is not that of {_expected(name)}")
            height, width = image.shape[:2]
    _check_size(width, height)
    return width, height


def _copy(target, image: Image, name: str, width: int, height: int) -> None:
    if name in ("nv12", "i420") and not isinstance(image, tuple):
        np.copyto(np.ndarray(image.shape, np.uint8, target), image)
        return
    planes = layout(target, name, width, height, row_length(name, width))
    if isinstance(image, tuple):
        for plane, source in zip(planes, image):
            np.copyto(plane, source)
    else:
        np.copyto(planes, image)


def _encode_with_opencv(image: np.ndarray, name: str, quality: int) -> np.ndarray:
    try:
        import cv2
    except ImportError:
        raise Error(
            "frames cannot be encoded as JPEG: install TurboJPEG (Debian, Ubuntu: apt-get install libturbojpeg0) or "
            'OpenCV for Python, or publish with encoding="raw"'
        ) from None
    if name == "rgb24":
        image = image[..., ::-1]
    elif name == "bgra32":
        image = image[..., :3]
    return cv2.imencode(".jpg", np.ascontiguousarray(image), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].reshape(-1)


def publish(
    stream: str,
    *,
    channel: str = "ipc",
    format: str | None = None,
    encoding: str | None = None,
    quality: int = 80,
    lossless: bool = False,
    slots: int = 0,
    ttl: float | None = None,
    aeron_dir: str | None = None,
) -> Publication:
    """Publishes a stream, from its first frame on.

    stream: its name, up to 255 bytes of UTF-8.
    channel: ``ipc`` for this host, ``udp:HOST:PORT``, or an Aeron channel URI.
    format: the pixel format of its arrays, if they do not say it themselves: gray8, gray16, bgr24, rgb24, bgra32,
        yuyv, nv12, i420.
    encoding: ``raw`` or ``jpeg``; None for raw over IPC, else jpeg.
    quality: of JPEG, 1 (smallest) to 100 (best).
    lossless: whether to wait for slow subscribers, up to 60 s a frame, instead of dropping frames.
    slots: frames that fit into the shared memory at a time, 3 to 256; 0 for as many as suit their size.
    ttl: seconds after which a frame is of no use to anybody and is not delivered; None for no limit.
    aeron_dir: the directory of an Aeron media driver that something else runs.

    Raises ValueError if a setting is not valid, JavaNotFound if Java is missing.
    """
    if format is not None and format not in FORMATS:
        raise ValueError(f"format={format!r} is not one of {', '.join(FORMATS)}")
    if encoding not in (None, "raw", "jpeg"):
        raise ValueError(f"encoding={encoding!r} is neither 'raw' nor 'jpeg'")
    if not 1 <= quality <= 100:
        raise ValueError(f"quality={quality} is not within 1 to 100")
    if slots and not 3 <= slots <= 256:
        raise ValueError(f"slots={slots} is not within 3 to 256, nor 0 for as many as suit the frames")
    if ttl is not None and ttl <= 0:
        raise ValueError(f"ttl={ttl} is not a number of seconds")
    require_text(stream=stream, channel=channel)
    runtime = _jvm.runtime(aeron_dir)
    with java_errors():
        settings = _jvm.java("PublishSettings")(stream, channel, bool(lossless), int(slots), int((ttl or 0) * 1e9))
        java = runtime.publish(settings)
    encoding = encoding or ("raw" if channel.startswith(("ipc", "aeron:ipc")) else "jpeg")
    return Publication(java, runtime, stream, format, encoding, quality, bool(lossless))
