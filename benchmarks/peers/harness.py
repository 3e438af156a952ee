"""What the peers in Python share: the schedule, the measurement and the reports.

A peer is started twice, as its writer and as its reader. Each prints that it is ready, reads the
schedule from its standard input, and prints what it measured. It exits when its standard input
ends, because then its parent is gone. time.monotonic_ns() is one clock for all processes of a host.
"""

import argparse
import os
import struct
import sys
import threading
import time

import numpy as np

HEADER = struct.Struct("<qq")  # the stamp, and the number of the frame
END = -1  # the frame number that marks the end of the stream

SPIN_NS = 200_000  # a thread that sleeps may wake up this late, so it spins for the last part
PATIENCE_NS = 20_000_000_000  # how long a reader waits for the end after the measured part


class Schedule:
    """When the frames of a run are due, and which of them are measured."""

    def __init__(self, line):
        _, warmup_start, _, measured_start, end, period = line.split()
        self.start_ns, self.measured_start_ns, self.end_ns = int(warmup_start), int(measured_start), int(end)
        self.period_ns = float(period)

    def scheduled(self, number, now_ns):
        return self.start_ns + int(number * self.period_ns) if self.period_ns else now_ns

    def is_measured(self, scheduled_ns):
        return self.measured_start_ns <= scheduled_ns < self.end_ns


class Run:
    """The options of this process, and the schedule once it has arrived."""

    def __init__(self, *roles):
        parser = argparse.ArgumentParser()
        parser.add_argument("role", choices=("writer", "reader") + roles)
        parser.add_argument("--directory", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--width", type=int, required=True)
        parser.add_argument("--height", type=int, required=True)
        parser.add_argument("--quality", type=int, default=0, help="JPEG quality; 0 for raw frames")
        parser.add_argument("--base64", action="store_true")
        parser.add_argument("--in-place", action="store_true", help="the frame is written before it is stamped")
        parser.add_argument("--package", help="the directory of Aeroframe's package for Python")
        parser.add_argument("--flat-out", action="store_true", help="send as fast as possible, without a schedule")
        parser.add_argument("--late-ms", type=int, default=0, help="the reader is late by this before its stamp")
        parser.add_argument("--stall-ms", type=int, default=0, help="the writer is late by this after its stamp")
        parser.add_argument("--drop", type=int, default=0, help="the reader drops so many measured frames")
        options = parser.parse_args()
        self.role = options.role
        self.directory = options.directory
        self.name = options.name
        self.shape = (options.height, options.width, 3)
        self.quality = options.quality
        self.base64 = options.base64
        self.is_in_place = options.in_place
        self.package = options.package
        self.is_flat_out = options.flat_out
        self.late_ns, self.stall_ns = options.late_ms * 1_000_000, options.stall_ms * 1_000_000
        self.drop = options.drop
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


def send_report(*words):
    print("bench-peer", *words, flush=True)


def write(run, send):
    """Sends frames on schedule with send(stamp, number, payload). The last one has the number END."""
    picture = run.picture()
    run.encode(picture)  # loads the codec
    send_report("ready")
    schedule = run.await_schedule()
    number = sent = start_ns = start_cpu_ns = 0
    while True:
        scheduled_ns = schedule.scheduled(number, time.monotonic_ns())
        if scheduled_ns >= schedule.end_ns:
            break
        is_measured = schedule.is_measured(scheduled_ns)
        if is_measured and not start_ns:
            start_ns, start_cpu_ns = time.monotonic_ns(), time.process_time_ns()
        wait_until(max(scheduled_ns, schedule.start_ns))
        stamp = time.monotonic_ns()
        if run.stall_ns:
            wait_until(stamp + run.stall_ns)
        payload = run.encode(picture)
        send(stamp, number, payload)
        sent += is_measured
        number += 1
        if time.monotonic_ns() > schedule.end_ns + 5_000_000_000:
            sys.exit("more than 5 s behind the schedule: use a lower --fps, or max")
    wait_until(schedule.end_ns)
    elapsed_ns, cpu_ns = time.monotonic_ns() - start_ns, time.process_time_ns() - start_cpu_ns
    send(time.monotonic_ns(), END, payload)
    return "written", payload.nbytes, sent, cpu_ns, elapsed_ns


def wait_until(time_ns):
    while (left_ns := time_ns - time.monotonic_ns()) > 0:
        if left_ns > SPIN_NS:
            time.sleep((left_ns - SPIN_NS) / 1e9)


class Reader:
    """Records the frames that arrive."""

    def __init__(self, run):
        self.run = run
        self.ended = threading.Event()
        self.latencies = []
        self.disordered = 0
        self._next = self._dropped = 0
        self._start_ns = self._start_cpu_ns = 0

    def arrived(self, stamp, number, payload):
        if number == END:
            self.ended.set()
            return
        frame = self.run.decode(payload)
        if self.run.late_ns:
            wait_until(time.monotonic_ns() + self.run.late_ns)
        now_ns = time.monotonic_ns()  # the reader has the array
        schedule = self.run.schedule
        is_measured = schedule and schedule.is_measured(schedule.scheduled(number, stamp))
        if is_measured and self._dropped < self.run.drop:
            self._dropped += 1
            return
        self.disordered += number < self._next or frame.shape != self.run.shape
        self._next = number + 1
        if is_measured:
            self.latencies.append(now_ns - stamp)
            if not self._start_ns:
                self._start_ns, self._start_cpu_ns = time.monotonic_ns(), time.process_time_ns()

    def read(self, receive):
        """Records what receive() returns: (stamp, number, payload), or None if there is nothing yet."""
        send_report("ready")
        while not self.ended.is_set():
            message = receive()
            if message:
                self.arrived(*message)
            elif self.is_late():
                break
        return self.result()

    def is_late(self):
        schedule = self.run.schedule
        return schedule and time.monotonic_ns() > schedule.end_ns + PATIENCE_NS

    def result(self):
        elapsed_ns = time.monotonic_ns() - self._start_ns
        cpu_ns = time.process_time_ns() - self._start_cpu_ns
        return ("read", self.disordered, cpu_ns, elapsed_ns, *self.latencies)


def wait_for_file(path):
    """Waits until the other process has created a file; the parent has a deadline."""
    while not os.path.exists(path):
        time.sleep(0.005)
