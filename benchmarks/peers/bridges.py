"""Frames between two Python programs as people write them, directly and with Aeroframe's bridges between them.

bridges.py AEROFRAME [options] starts a writer and a reader for each system. Latency is from right before the writer
hands a frame over until the reader has its bytes. The stamp is in the frame: in a comment of a JPEG image, or in the
first pixels, so that it passes through whatever is in between. time.monotonic_ns() is one clock for all processes.
"""

import argparse
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import numpy as np

STAMP = struct.Struct("<qq")  # nanoseconds, and the number of the frame
COMMENT = b"\xff\xfe" + struct.pack(">H", 2 + STAMP.size)


def picture(width, height):
    x = np.arange(width) * 255 // width
    image = np.zeros((height, width, 3), np.uint8)
    image[:, :, 0], image[:, :, 1], image[:, :, 2] = x, x[::-1], np.arange(height)[:, None] * 255 // height
    return image


class Frames:
    """Stamped frames, encoded once, for it is the way that is measured."""

    def __init__(self, options):
        self.image = picture(options.width, options.height)
        self.is_jpeg = options.encoding == "jpeg"
        if self.is_jpeg:
            import cv2

            self.jpeg = cv2.imencode(".jpg", self.image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()

    def stamped(self, number):
        stamp = STAMP.pack(time.monotonic_ns(), number)
        if self.is_jpeg:
            return self.jpeg[:2] + COMMENT + stamp + self.jpeg[2:]
        self.image.reshape(-1)[: STAMP.size] = np.frombuffer(stamp, np.uint8)
        return self.image.data.cast("B")

    def read_stamp(self, data):
        return STAMP.unpack_from(data, 2 + len(COMMENT) if self.is_jpeg else 0)


def paced(options):
    """Numbers of frames at the rate, until the time is up."""
    start, number = time.monotonic(), 0
    while time.monotonic() - start < options.seconds:
        if options.fps:
            time.sleep(max(0, start + number / options.fps - time.monotonic()))
        yield number
        number += 1


# A way to write: send(data). A way to read: data of each frame, until a signal ends it.


def pipe_writer(options):
    def send(data):
        if options.encoding == "jpeg":
            sys.stdout.buffer.write(str(len(data)).zfill(26).encode() + data + b"0")
        else:
            sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    return send


def pipe_reader(options):
    read = sys.stdin.buffer.read
    while True:
        if options.encoding == "jpeg":
            length = read(26)
            if len(length) < 26:
                return
            yield read(int(length))
            read(1)
        else:
            data = read(options.width * options.height * 3)
            if not data:
                return
            yield data


def zmq_writer(options):
    import zmq

    pub = zmq.Context.instance().socket(zmq.PUB)
    pub.setsockopt(zmq.LINGER, 0)
    pub.bind(options.address)
    time.sleep(1.5)  # or the first frames would go to nobody
    return lambda data: pub.send_multipart([b"camera", data])


def zmq_reader(options):
    import zmq

    sub = zmq.Context.instance().socket(zmq.SUB)
    sub.subscribe(b"camera" if options.is_direct else b"")
    sub.connect(options.address)
    while True:
        yield sub.recv_multipart()[1]


def segment(name, create=0):
    from multiprocessing import resource_tracker, shared_memory

    while True:
        try:
            memory = shared_memory.SharedMemory(name, create=bool(create), size=create)
            if not create:
                resource_tracker.unregister(memory._name, "shared_memory")
            return memory
        except (FileNotFoundError, ValueError):
            time.sleep(0.001)


def shm_writer(options):
    memory = segment(options.address, options.width * options.height * 3)
    time.sleep(1)

    def send(data):
        memory.buf[: len(data)] = data

    send.memory = memory
    return send


def shm_reader(options):
    memory = segment(options.address)
    length, last = options.width * options.height * 3, None
    while True:
        stamp = bytes(memory.buf[: STAMP.size])
        if stamp != last and any(stamp):
            last = stamp
            yield memory.buf[:length]


def ros_node(options):
    import rospy

    rospy.init_node("bench", anonymous=True, disable_signals=True)
    return rospy


def ros_writer(options):
    from sensor_msgs.msg import CompressedImage, Image

    rospy = ros_node(options)
    is_jpeg = options.encoding == "jpeg"
    kind = CompressedImage if is_jpeg else Image
    topic = rospy.Publisher(options.address, kind, queue_size=10, tcp_nodelay=True)
    while not topic.get_num_connections():
        time.sleep(0.01)

    def send(data):
        message = kind()
        if is_jpeg:
            message.format, message.data = "jpeg", data
        else:
            message.height, message.width, message.encoding = options.height, options.width, "bgr8"
            message.step, message.data = options.width * 3, bytes(data)
        topic.publish(message)

    return send


def ros_reader(options):
    import queue

    from sensor_msgs.msg import CompressedImage, Image

    rospy = ros_node(options)
    received = queue.Queue()
    kind = CompressedImage if options.encoding == "jpeg" else Image
    rospy.Subscriber(options.address, kind, lambda m: received.put(m.data), queue_size=10, buff_size=1 << 26,
                     tcp_nodelay=True)
    while True:
        yield received.get()


def ros_master(options):
    from rosmaster.master import Master

    master = Master(int(os.environ["ROS_MASTER_URI"].rsplit(":", 1)[1]))
    master.start()
    while master.ok():
        time.sleep(0.1)


def write(options):
    frames = Frames(options)
    send = globals()[options.system + "_writer"](options)
    for number in paced(options):
        send(frames.stamped(number))
    if options.system == "shm":
        time.sleep(0.5)
        send.memory.close()
        send.memory.unlink()


def read(options):
    """Notes the latencies until a signal or the end; the first second, when everything starts, does not count."""
    frames, latencies, first = Frames(options), [], None

    def report(*_):
        seconds = (time.monotonic_ns() - first) / 1e9 if first else 0
        print(json.dumps({"latencies": latencies, "fps": len(latencies) / seconds if seconds else 0}), file=sys.stderr,
              flush=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, report)
    begin = None
    for data in globals()[options.system + "_reader"](options):
        now = time.monotonic_ns()
        stamp, _ = frames.read_stamp(data)
        begin = begin or now
        if now - begin > 1e9:
            first = first or now
            latencies.append(now - stamp)
    report()


class Run:
    """One system, directly or with bridges: starts the processes and collects what the reader reports."""

    def __init__(self, options, system, encoding, is_direct, fps):
        self.options, self.system, self.encoding, self.is_direct, self.fps = options, system, encoding, is_direct, fps
        self.size = (640, 480) if encoding == "jpeg" else (1280, 688)
        self.processes = []
        self.env = dict(os.environ)

    def role(self, name, address, system=None, **streams):
        width, height = self.size
        command = [sys.executable, "-B", __file__, "--role", name, "--system", system or self.system, "--encoding",
                   self.encoding, "--width", str(width), "--height", str(height), "--fps", str(self.fps), "--seconds",
                   str(self.options.seconds + 1), "--address", address]
        return self.start(command + (["--is-direct"] if self.is_direct else []), **streams)

    def start(self, command, **streams):
        process = subprocess.Popen(command, env=self.env, **streams)
        self.processes.append(process)
        return process

    def aeroframe(self, *arguments, **streams):
        return self.start([*self.options.aeroframe.split(), *arguments], stderr=subprocess.DEVNULL, **streams)

    def go(self):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
            self.env["AEROFRAME_DIR"] = os.path.join(directory, "aeroframe")
            self.env.update(ROS_MASTER_URI=f"http://127.0.0.1:{free_port()}", ROS_IP="127.0.0.1", ROS_HOME=directory,
                            ROS_LOG_DIR=directory)
            try:
                return self.measure()
            finally:
                for process in reversed(self.processes):
                    process.terminate()
                for process in reversed(self.processes):
                    process.wait()

    def measure(self):
        if self.system == "ros":
            self.start([sys.executable, "-B", __file__, "--role", "master", "--system", "ros"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        writer, reader = getattr(self, self.system, self.others)()
        writer.wait()
        time.sleep(0.5)
        if self.system != "pipe":
            reader.terminate()
        elif not self.is_direct:
            self.publisher.wait(20)
        if self.system == "chain":
            self.subscriber.send_signal(signal.SIGTERM)
            summary = json.loads(self.subscriber.stdout.read().splitlines()[-1])
            print("           UDP, from the commit to the sink: p50 %.0f us" % summary["latency_us"]["p50"])
        report = json.loads(reader.stderr.read().splitlines()[-1])
        latencies = np.array(report["latencies"]) / 1e3
        return {"frames": len(latencies), "fps": report["fps"],
                "p50_us": float(np.percentile(latencies, 50)), "p90_us": float(np.percentile(latencies, 90))}

    def pipe(self):
        raw = [] if self.encoding == "jpeg" else ["--pipe", "raw"]
        if self.is_direct:
            writer = self.role("writer", "", stdout=subprocess.PIPE)
            reader = self.role("reader", "", stdin=writer.stdout, stderr=subprocess.PIPE)
            writer.stdout.close()
            return writer, reader
        sink = self.aeroframe("subscribe", "s", "-", "--no-follow", *raw, stdout=subprocess.PIPE)
        reader = self.role("reader", "", stdin=sink.stdout, stderr=subprocess.PIPE)
        sink.stdout.close()
        writer = self.role("writer", "", stdout=subprocess.PIPE)
        if raw:
            raw = ["--pipe", "raw:%dx%d:bgr24" % self.size]
        self.publisher = self.aeroframe("publish", "-", "s", "--await-subscriber", *raw, stdin=writer.stdout)
        writer.stdout.close()
        return writer, reader

    def chain(self):
        """A pipe, UDP multicast on loopback, ZeroMQ; the writer writes to the pipe, the reader reads from ZeroMQ."""
        address = f"tcp://127.0.0.1:{free_port()}"
        group = f"aeron:udp?endpoint=224.10.9.9:{free_port()}|interface=127.0.0.1"
        self.subscriber = self.aeroframe("subscribe", "s", f"zmq:{address}#camera?bind", "--channel", group, "--json",
                                         stdout=subprocess.PIPE)
        reader = self.role("reader", address, system="zmq", stderr=subprocess.PIPE)
        writer = self.role("writer", "", system="pipe", stdout=subprocess.PIPE)
        self.publisher = self.aeroframe("publish", "-", "s", "--channel", group, "--await-subscriber",
                                        stdin=writer.stdout)
        writer.stdout.close()
        return writer, reader

    def others(self):
        name = f"aeroframe-bench-{os.getpid()}"
        address = {"zmq": f"tcp://127.0.0.1:{free_port()}", "shm": name, "ros": "/bench/in"}[self.system]
        out = {"zmq": f"tcp://127.0.0.1:{free_port()}", "shm": name + "-out", "ros": "/bench/out"}[self.system]
        shm = "shm:%s?size={}x{}&format=bgr24".format(*self.size)
        spec = {"zmq": "zmq:%s", "shm": shm, "ros": "ros:%s"}[self.system]
        if self.is_direct:
            reader = self.role("reader", address, stderr=subprocess.PIPE)
        else:
            bind = "?bind" if self.system == "zmq" else ""
            self.aeroframe("subscribe", "s", spec % out + bind)
            reader = self.role("reader", out, stderr=subprocess.PIPE)
            self.aeroframe("publish", spec % address, "s")
            time.sleep(1)
        return self.role("writer", address), reader


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


SYSTEMS = [("pipe", "jpeg"), ("pipe", "raw"), ("zmq", "jpeg"), ("shm", "raw"), ("ros", "jpeg"), ("ros", "raw"),
           ("chain", "jpeg")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("aeroframe", nargs="?", default="")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", help="systems, separated by commas: pipe, zmq, shm, ros, chain")
    parser.add_argument("--role")
    parser.add_argument("--system")
    parser.add_argument("--encoding")
    parser.add_argument("--width", type=int)
    parser.add_argument("--height", type=int)
    parser.add_argument("--fps", type=float, default=30)
    parser.add_argument("--address", default="")
    parser.add_argument("--is-direct", action="store_true")
    options = parser.parse_args()
    roles = {"writer": write, "reader": read, "master": ros_master}
    if options.role:
        roles[options.role](options)
        os._exit(0)
    print("%-10s %-5s %-8s %10s %10s %10s" % ("", "", "", "p50 us", "p90 us", "max fps"))
    for system, encoding in SYSTEMS:
        if options.only and system not in options.only.split(","):
            continue
        for is_direct in (False,) if system == "chain" else (True, False):
            at_pace = Run(options, system, encoding, is_direct, 30).go()
            flat_out = Run(options, system, encoding, is_direct, 0).go()
            print("%-10s %-5s %-8s %10.0f %10.0f %10.0f" % (system, encoding, "direct" if is_direct else "bridged",
                                                            at_pace["p50_us"], at_pace["p90_us"], flat_out["fps"]),
                  flush=True)


main()
