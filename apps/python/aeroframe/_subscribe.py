"""Receiving a stream."""

from __future__ import annotations

import asyncio
import ctypes
import queue
import struct
import threading
import time
from typing import AsyncIterator, Iterator, NamedTuple

from . import _jvm
from ._errors import StreamLost, Timeout, java_errors, require_text, translated
from ._frames import Frame
from ._stream import Stream

_RECORD = struct.Struct("=15q")
_SLICE_NS = 50_000_000  # the wait is left this often, for Ctrl-C
_ENDED, _LOST, _DUE_SOON = -2, -3, -4
_DEFAULT_MAX_FRAME_BYTES = 256 << 20


class SubscriptionLedger(NamedTuple):
    """What became of the frames of a subscription.

    published = received + dropped_by_publisher + lost + overrun + superseded + expired.
    """

    published: int
    received: int
    dropped_by_publisher: int
    lost: int
    overrun: int
    superseded: int
    expired: int
    invalid: int
    bytes: int


class Subscription(Stream):
    """The frames of one stream: iterate over them, or ``read()`` them one by one.

    For one thread at a time; ``close()`` and ``ledger`` for any.
    """

    _kind = "subscription"

    def __init__(self, java, runtime, stream: str, channel: str, follow: bool | None, timeout: float | None):
        super().__init__(java, runtime, stream)
        self._channel = channel
        self._follow = follow
        self._timeout = timeout
        self._take = java.take
        self._record = (ctypes.c_char * _RECORD.size).from_address(java.recordAddress())
        self._current: Frame | None = None
        self._numbers: tuple | None = None
        self._is_jpeg_known = None
        self._waiter: _Waiter | None = None

    def read(self, timeout: float | None = None) -> Frame | None:
        """Waits for the next frame, which is valid until the next call, unless it is kept.

        timeout: seconds; None for no limit, 0 for a frame that is there already.

        Returns None if no frame came in time, or if the stream has ended and the subscription does not follow it.
        Raises StreamLost if the publisher vanished and the subscription was asked not to follow.
        """
        self._end_current()
        limit_ns = None if timeout is None else time.monotonic_ns() + int(timeout * 1e9)
        code = self._wait(limit_ns)
        if code == _LOST:
            raise self._lost()
        return self._current if code >= 0 else None

    def _end_current(self) -> None:
        frame = self._current
        if frame is not None:
            self._current = None
            if not frame._is_kept:
                frame.close()

    def _wait(self, limit_ns: int | None) -> int:
        """The next frame, which is the current one then; or why there is none."""
        self._require_open()
        while True:
            wait_ns = _SLICE_NS if limit_ns is None else min(_SLICE_NS, limit_ns - time.monotonic_ns())
            try:
                code = self._take(max(0, wait_ns))
            except Exception as error:
                raise self._error(error) from None
            if code >= 0:
                self._numbers = numbers = _RECORD.unpack(self._record)
                self._current = Frame(self, code, numbers)
                if numbers[14]:
                    _jvm.log_reports(self._runtime)
                return code
            if code == _DUE_SOON:
                self._warm_up()
                continue
            _jvm.log_reports(self._runtime)
            if code == _ENDED and not self._follow:
                return code
            if code == _LOST and self._follow is False:
                return code
            if limit_ns is not None and time.monotonic_ns() >= limit_ns:
                return -1

    def _warm_up(self) -> None:
        """Makes a frame that nobody gets, of the last one's numbers: its memory is not read.

        While a camera sleeps, other programs have the processor's caches. What is done here shortly before a frame
        comes takes a tenth of the time when it has come.
        """
        numbers = _RECORD.unpack(self._record)
        frame = Frame(self, -1, self._numbers or numbers)  # released as nothing
        if frame.encoding == "raw":
            frame.image

    def _error(self, error: Exception) -> Exception:
        return self._closed() if self._is_closed else translated(error)

    def _lost(self) -> StreamLost:
        return StreamLost(
            f"stream '{self._stream}': its publisher vanished without ending it; the frames until then were received"
        )

    def _step(self) -> Frame | None:
        """The next frame of an iteration; None at its end."""
        self._end_current()
        limit_ns = None if self._timeout is None else time.monotonic_ns() + int(self._timeout * 1e9)
        code = self._wait(limit_ns)
        if code >= 0:
            return self._current
        if code == _LOST:
            raise self._lost()
        if code == _ENDED:
            return None
        raise Timeout(
            f"stream '{self._stream}': no frame came within {self._timeout:g} s on channel '{self._channel}'; is it "
            "published there under this name?"
        )

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        # The way of most frames, without the calls in between: they are cold each time a camera has slept.
        frame = self._current
        if frame is not None and not frame._is_kept:
            frame._memory = frame._data = frame._image = None
        self._current = None
        if self._timeout is None and not self._is_closed and _jvm.is_usable():
            try:
                code = self._take(_SLICE_NS)
                while code == _DUE_SOON:
                    self._warm_up()
                    code = self._take(_SLICE_NS)
            except Exception as error:
                raise self._error(error) from None
            if code >= 0:
                self._numbers = numbers = _RECORD.unpack(self._record)
                self._current = frame = Frame(self, code, numbers)
                if numbers[14]:
                    _jvm.log_reports(self._runtime)
                return frame
        frame = self._step()
        if frame is None:
            raise StopIteration
        return frame

    def __aiter__(self) -> AsyncIterator[Frame]:
        return self

    async def __anext__(self) -> Frame:
        if self._waiter is None:
            self._waiter = _Waiter(self)
        frame = await self._waiter.next()
        if frame is None:
            raise StopAsyncIteration
        return frame

    @property
    def ledger(self) -> SubscriptionLedger:
        """The account of the frames until now."""
        return SubscriptionLedger(*map(int, self._java.ledger()))

    def _has_jpeg(self) -> bool:
        if self._is_jpeg_known is None:
            self._is_jpeg_known = bool(self._java.hasJpeg())
        return self._is_jpeg_known

    def __exit__(self, *_) -> None:
        self._end_current()
        self.close()


class _Waiter:
    """A thread that waits for the frames of an ``async for``. A frame whose task was cancelled is delivered next."""

    def __init__(self, camera: Subscription):
        self._camera = camera
        self._requests: queue.SimpleQueue = queue.SimpleQueue()
        self._pending: asyncio.Future | None = None
        threading.Thread(target=self._run, name=f"aeroframe-{camera.stream}", daemon=True).start()

    async def next(self) -> Frame | None:
        loop = asyncio.get_running_loop()
        if self._pending is None:
            self._pending = loop.create_future()
            self._requests.put((loop, self._pending))
        frame = await asyncio.shield(self._pending)
        self._pending = None
        return frame

    def _run(self) -> None:
        while True:
            loop, future = self._requests.get()
            try:
                result, error = self._camera._step(), None
            except Exception as raised:
                result, error = None, raised
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return
            if error is not None or result is None:
                return


def _settle(future: asyncio.Future, result, error) -> None:
    if not future.done():
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def subscribe(
    stream: str,
    *,
    channel: str = "ipc",
    latest: bool = False,
    follow: bool | None = None,
    timeout: float | None = None,
    max_frame_bytes: int = _DEFAULT_MAX_FRAME_BYTES,
    aeron_dir: str | None = None,
) -> Subscription:
    """Subscribes to a stream, which need not be published yet.

    stream: its name, up to 255 bytes of UTF-8.
    channel: ``ipc`` for this host, ``udp:HOST:PORT``, or an Aeron channel URI.
    latest: whether to skip frames that are not the newest, instead of getting every one.
    follow: whether to go on with the next publisher of the name: True always, False never (StreamLost is raised if
        the publisher vanishes), None if the publisher vanished but not if it has ended the stream.
    timeout: seconds after which an iteration raises Timeout if no frame comes; None for no limit.
    max_frame_bytes: larger frames are skipped.
    aeron_dir: the directory of an Aeron media driver that something else runs.

    Raises ValueError if a setting is not valid, ChannelError if the channel cannot be used on this host, JavaNotFound
    if Java is missing.
    """
    if timeout is not None and timeout < 0:
        raise ValueError(f"timeout={timeout} is negative")
    if not 1 <= max_frame_bytes <= 2**31 - 65:
        raise ValueError(f"max_frame_bytes={max_frame_bytes} is not within 1 to {2**31 - 65}")
    require_text(stream=stream, channel=channel)
    runtime = _jvm.runtime(aeron_dir)
    with java_errors():
        java = runtime.subscribe(stream, channel, bool(latest), int(max_frame_bytes))
    return Subscription(java, runtime, stream, channel, follow, timeout)
