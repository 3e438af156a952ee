"""What the peers in Python share: when to send, what was measured, and how it is told.

A peer is started twice, as its writer and as its reader. Each prints that it is ready, is told on its standard input when
to begin, and prints what it measured. When its standard input ends, it ends: then whoever started it is gone.
time.monotonic_ns() is one clock for all processes of a host.
"""

import argparse
import os
import struct
import sys
import threading
import time

import numpy as np

HEADER = struct.Struct("<qq")  # the stamp, and the number of the frame
END = -1  # the number of the message that ends the stream

SPIN_NS = 200_000  # a sleeping thread may be late by this much; the rest of the way it spins
PATIENCE_NS = 20_000_000_000  # a reader gives up what has not come so long after the last frame was due


class Schedule:
    """When the frames of a run are due, and which of them are measured."""

    def __init__(self, line):
        _, rehearsal, _, begin, end, period = line.split()
        self.start_ns, self.begin_ns, self.end_ns = int(rehearsal), int(begin), int(end)
        self.period_ns = float(period)

    def due(self, number, now_ns):
        return self.start_ns + int(number * self.period_ns) if self.period_ns else now_ns

    def is_measured(self, due_ns):
        return self.begin_ns <= due_ns < self.end_ns


class Run:
    """What this process was told."""

    def __init__(self, *roles):
        parser = argparse.ArgumentParser()
        parser.add_argument("role", choices=("writer", "reader") + roles)
        parser.add_argument("--directory", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--width", type=int, required=True)
        parser.add_argument("--height", type=int, required=True)
        parser.add_argument("--quality", type=int, default=0, help="of JPEG frames; 0 for raw ones")
        parser.add_argument("--base64", action="store_true")
        parser.add_argument("--flat-out", action="store_true", help="as many frames as go, without a schedule")
        options = parser.parse_args()
        self.role = options.role
        self.directory = options.directory
        self.name = options.name
        self.shape = (options.height, options.width, 3)
        self.quality = options.quality
        self.base64 = options.base64
        self.is_flat_out = options.flat_out
        self.schedule = None
        self._has_schedule = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in sys.stdin:
            self.schedule = Schedule(line)
            self._has_schedule.set()
        os._exit(1)

    def path(self, name):
        return os.path.join(self.directory, name)

    def picture(self):
        return np.fromfile(self.path("picture.bgr"), np.uint8).reshape(self.shape)

    def await_schedule(self):
        self._has_schedule.wait()
        return self.schedule

    def encode(self, frame):
        if not self.quality:
            return frame
        import cv2

        _, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        return jpeg

    def decode(self, payload):
        received = np.frombuffer(payload, np.uint8)
        if not self.quality:
            return received.reshape(self.shape)
        import cv2

        return cv2.imdecode(received, cv2.IMREAD_COLOR)


def tell(*words):
    print("bench-peer", *words, flush=True)


def write(run, send):
    """Sends frames as the schedule says: send(stamp, number, payload). The last one has the number END."""
    picture = run.picture()
    run.encode(picture)  # loads the codec
    tell("ready")
    schedule = run.await_schedule()
    number = sent = begin_ns = begin_cpu_ns = 0
    while True:
        due_ns = schedule.due(number, time.monotonic_ns())
        if due_ns >= schedule.end_ns:
            break
        is_measured = schedule.is_measured(due_ns)
        if is_measured and not begin_ns:
            begin_ns, begin_cpu_ns = time.monotonic_ns(), time.process_time_ns()
        wait_until(max(due_ns, schedule.start_ns))
        stamp = time.monotonic_ns()
        payload = run.encode(picture)
        send(stamp, number, payload)
        sent += is_measured
        number += 1
        if time.monotonic_ns() > schedule.end_ns + 5_000_000_000:
            sys.exit("more than 5 s behind the schedule: use a lower --fps, or max")
    wait_until(schedule.end_ns)
    elapsed_ns, cpu_ns = time.monotonic_ns() - begin_ns, time.process_time_ns() - begin_cpu_ns
    send(time.monotonic_ns(), END, payload)
    return "written", payload.nbytes, sent, cpu_ns, elapsed_ns


def wait_until(due_ns):
    while (left_ns := due_ns - time.monotonic_ns()) > 0:
        if left_ns > SPIN_NS:
            time.sleep((left_ns - SPIN_NS) / 1e9)


class Reader:
    """What arrives."""

    def __init__(self, run):
        self.run = run
        self.ended = threading.Event()
        self.latencies = []
        self.disordered = 0
        self._next = 0
        self._begin_ns = self._begin_cpu_ns = 0

    def arrived(self, stamp, number, payload):
        if number == END:
            self.ended.set()
            return
        frame = self.run.decode(payload)
        now_ns = time.monotonic_ns()  # the array is in the reader's hands
        self.disordered += number < self._next or frame.shape != self.run.shape
        self._next = number + 1
        schedule = self.run.schedule
        if schedule and schedule.is_measured(schedule.due(number, stamp)):
            self.latencies.append(now_ns - stamp)
            if not self._begin_ns:
                self._begin_ns, self._begin_cpu_ns = time.monotonic_ns(), time.process_time_ns()

    def read(self, receive):
        """Takes what receive() gives, (stamp, number, payload), or None if there is nothing yet."""
        tell("ready")
        while not self.ended.is_set():
            message = receive()
            if message:
                self.arrived(*message)
            elif self.is_late():
                break
        return self.report()

    def is_late(self):
        schedule = self.run.schedule
        return schedule and time.monotonic_ns() > schedule.end_ns + PATIENCE_NS

    def report(self):
        elapsed_ns = time.monotonic_ns() - self._begin_ns
        cpu_ns = time.process_time_ns() - self._begin_cpu_ns
        return ("read", self.disordered, cpu_ns, elapsed_ns, *self.latencies)


def wait_for_file(path):
    """Waits until the other process has made something; the command's own deadline ends it."""
    while not os.path.exists(path):
        time.sleep(0.005)
