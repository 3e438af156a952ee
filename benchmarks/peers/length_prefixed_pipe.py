"""Length-prefixed frames in a named pipe."""

import struct

import numpy as np

from harness import HEADER, END, Reader, Run, send_report, write

LENGTH = struct.Struct("<I")


def writer(run):
    with open(run.path("fifo"), "wb") as pipe:

        def send(stamp, number, payload):
            pipe.write(LENGTH.pack(payload.nbytes) + HEADER.pack(stamp, number))
            pipe.write(payload)
            pipe.flush()

        return write(run, send)


def reader(run):
    with open(run.path("fifo"), "rb") as pipe:
        room = np.empty(np.prod(run.shape), np.uint8)

        def receive():
            prefix = pipe.read(LENGTH.size + HEADER.size)
            if not prefix:
                return 0, END, None
            (length,) = LENGTH.unpack_from(prefix)
            payload = memoryview(room)[:length]
            pipe.readinto(payload)
            return *HEADER.unpack_from(prefix, LENGTH.size), payload

        return Reader(run).read(receive)


if __name__ == "__main__":
    run = Run()
    send_report(*(writer(run) if run.role == "writer" else reader(run)))
