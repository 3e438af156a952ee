"""What a subscription and a publication have in common."""

from __future__ import annotations

from . import _jvm
from ._errors import Closed, java_errors


class Stream:
    """One end of a stream, to be closed: by ``close()``, the end of a ``with``, or the last reference."""

    _kind = "stream"

    def __init__(self, java, runtime, stream: str):
        self._java = java
        self._runtime = runtime
        self._stream = stream
        self._is_closed = False
        _jvm.opened(self)

    @property
    def stream(self) -> str:
        """The name of the stream."""
        return self._stream

    def _closed(self) -> Closed:
        return Closed(f"the {self._kind} of stream '{self._stream}' is closed")

    def _require_open(self) -> None:
        if self._is_closed or not _jvm.is_usable():
            _jvm.runtime()  # raises in a child of fork()
            raise self._closed()

    def close(self) -> None:
        """Closes this end of the stream. Arrays stay valid. Closing twice does nothing. Any thread."""
        if not self._is_closed:
            self._is_closed = True
            if _jvm.is_usable():
                with java_errors():
                    self._java.close()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __del__(self):
        if hasattr(self, "_is_closed"):
            self.close()
