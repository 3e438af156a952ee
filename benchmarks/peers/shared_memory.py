"""multiprocessing.shared_memory: the newest frame and its number, polled by the reader.

The writer does not wait for the reader, so a frame may change while it is read.
"""

import time
from multiprocessing import resource_tracker, shared_memory

import numpy as np

from harness import Reader, Run, send_report, write

HEADER_LENGTH = 64


def views(run, memory):
    header = np.ndarray(3, np.int64, memory.buf)  # messages so far, the stamp, the number
    frame = np.ndarray(run.shape, np.uint8, memory.buf, HEADER_LENGTH)
    return header, frame


def writer(run):
    memory = shared_memory.SharedMemory(run.name, create=True, size=HEADER_LENGTH + int(np.prod(run.shape)))
    try:
        header, frame = views(run, memory)

        def send(stamp, number, payload):
            if not run.is_in_place:
                frame[:] = payload
            header[1] = stamp
            header[2] = number
            header[0] += 1

        return write(run, send)
    finally:
        del header, frame, send
        memory.close()
        memory.unlink()


def reader(run):
    memory = attach(run)
    header, frame = views(run, memory)
    seen = header[0]

    def receive():
        nonlocal seen
        newest = header[0]
        if newest == seen:
            return None
        seen = newest
        return int(header[1]), int(header[2]), frame

    result = Reader(run).read(receive)
    del header, frame, receive
    memory.close()
    return result


def attach(run):
    while True:
        try:
            memory = shared_memory.SharedMemory(run.name)
        except (FileNotFoundError, ValueError):  # not there yet, or without its size yet
            time.sleep(0.005)
            continue
        # Before Python 3.13 a process that attaches is tracked as an owner: its exit would remove the memory.
        resource_tracker.unregister(memory._name, "shared_memory")
        return memory


if __name__ == "__main__":
    run = Run()
    send_report(*(writer(run) if run.role == "writer" else reader(run)))
