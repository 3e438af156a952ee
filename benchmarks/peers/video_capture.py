"""Decodes a file with cv2.VideoCapture into multiprocessing.shared_memory, as fast as possible.

This is the writer's work alone: no process reads the frames, and nothing marks a frame as complete.
VideoCapture writes straight into the shared memory, so that no frame is copied.
"""

import sys
import time
from multiprocessing import shared_memory

import cv2
import numpy as np

HEADER_LENGTH = 64


def main(file, seconds):
    capture = cv2.VideoCapture(file)
    is_there, first = capture.read()
    if not is_there:
        sys.exit(f"{file}: OpenCV cannot read a frame")
    memory = shared_memory.SharedMemory(create=True, size=HEADER_LENGTH + first.nbytes)
    try:
        number = np.ndarray(1, np.int64, memory.buf)
        frame = np.ndarray(first.shape, np.uint8, memory.buf, HEADER_LENGTH)
        start_ns = time.monotonic_ns()
        end_ns = start_ns + int(seconds * 1e9)
        frames = 0
        while time.monotonic_ns() < end_ns:
            is_there, written = capture.read(frame)
            if not is_there:
                capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
                continue
            if written is not frame:  # a build that does not write in place, or another size
                frame[:] = written
            frames += 1
            number[0] = frames
        print("bench-video", frames, (time.monotonic_ns() - start_ns) / 1e9, flush=True)
    finally:
        del number, frame
        memory.close()
        memory.unlink()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
