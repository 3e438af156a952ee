"""Aeroframe's package for Python: the stamp is the frame's capture time, the number its sequence.

With --in-place a frame is claimed before its stamp, as if a camera had written it there.
"""

import os
import sys

from harness import END, Reader, Run, send_report, write


def stream(run):
    sys.path.insert(0, run.package)
    os.environ["AEROFRAME_DIR"] = run.path("aeroframe")
    import aeroframe

    return aeroframe


def writer(run):
    aeroframe = stream(run)
    shape = run.shape
    with aeroframe.publish(run.name) as out:
        out.wait_for_subscriber(shape=shape)

        def claim():
            claimed.append(out.claim(shape))
            claimed[-1].__enter__()

        def send(stamp, number, payload):
            time = 1 if number == END else stamp
            if run.quality:
                out.send(payload.tobytes(), capture_time_ns=time)
            elif run.is_in_place:
                ready = claimed.pop()
                ready.capture_time_ns = time
                ready.__exit__(None, None, None)
                claim()
            else:
                out.send(payload, capture_time_ns=time)

        claimed = []
        if run.is_in_place:
            claim()
        return write(run, send)


def reader(run):
    aeroframe = stream(run)
    with aeroframe.subscribe(run.name) as camera:

        def receive():
            frame = camera.read(timeout=1)
            if frame is None:
                return None
            stamp = frame.capture_time_ns
            return stamp, END if stamp == 1 else frame.sequence, frame.data

        return Reader(run).read(receive)


if __name__ == "__main__":
    run = Run()
    send_report(*(writer(run) if run.role == "writer" else reader(run)))
