"""Decodes a file with cv2.VideoCapture into shared memory, as fast as possible.

video_capture.py FILE SECONDS [PACKAGE] uses multiprocessing.shared_memory, which is the writer's work alone: no process
reads the frames, and nothing marks a frame as complete. With PACKAGE, the directory of Aeroframe's Python package, the
frames are claims of a lossless stream, and another process receives them all.

VideoCapture writes straight into the memory, so that no frame is copied.
"""

import os
import subprocess
import sys
import tempfile
import time
from multiprocessing import shared_memory

import cv2
import numpy as np

HEADER_LENGTH = 64


def decode(file, seconds, read):
    """Calls read(capture), which returns whether there was a frame, until the time is up."""
    capture = cv2.VideoCapture(file)
    start_ns = time.monotonic_ns()
    end_ns = start_ns + int(seconds * 1e9)
    frames = 0
    while time.monotonic_ns() < end_ns:
        if read(capture):
            frames += 1
        else:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
    print("bench-video", frames, (time.monotonic_ns() - start_ns) / 1e9, flush=True)
    return frames


def first_frame(file):
    is_there, frame = cv2.VideoCapture(file).read()
    if not is_there:
        sys.exit(f"{file}: OpenCV cannot read a frame")
    return frame


def into_shared_memory(file, seconds):
    first = first_frame(file)
    memory = shared_memory.SharedMemory(create=True, size=HEADER_LENGTH + first.nbytes)
    number = np.ndarray(1, np.int64, memory.buf)
    frame = np.ndarray(first.shape, np.uint8, memory.buf, HEADER_LENGTH)

    def read(capture):
        is_there, written = capture.read(frame)
        if is_there and written is not frame:  # a build that does not write in place, or another size
            frame[:] = written
        number[0] += is_there
        return is_there

    try:
        decode(file, seconds, read)
    finally:
        del number, frame, read
        memory.close()
        memory.unlink()


def into_claims(file, seconds, package):
    sys.path.insert(0, package)
    import aeroframe

    class NoFrame(Exception):
        pass

    def read(capture):
        try:
            with out.claim(shape) as pixels:
                is_there, written = capture.read(pixels)
                if not is_there:
                    raise NoFrame
                if written is not pixels:
                    pixels[:] = written
            return True
        except NoFrame:
            return False

    shape = first_frame(file).shape
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        os.environ["AEROFRAME_DIR"] = os.path.join(directory, "aeroframe")
        reader = subprocess.Popen([sys.executable, __file__, "--reader", package], stdout=subprocess.PIPE, text=True)
        with aeroframe.publish("video", lossless=True) as out:
            out.wait_for_subscriber(shape=shape)
            frames = decode(file, seconds, read)
        received = int(reader.communicate()[0])
        if received != frames:
            sys.exit(f"the reader received {received} of {frames} frames")


def count(package):
    sys.path.insert(0, package)
    import aeroframe

    with aeroframe.subscribe("video") as camera:
        print(sum(frame.image.ndim == 3 for frame in camera))


if __name__ == "__main__":
    if sys.argv[1] == "--reader":
        count(sys.argv[2])
    elif len(sys.argv) > 3:
        into_claims(sys.argv[1], float(sys.argv[2]), sys.argv[3])
    else:
        into_shared_memory(sys.argv[1], float(sys.argv[2]))
