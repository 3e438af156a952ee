"""The other side of the bridges, as people write it: OpenCV, pyzmq and shared memory, nothing of Aeroframe.

bridge_peer.py WAY [options] sends or receives numbered frames and prints the MD5 of each, a line a frame: of the
image's bytes where an image is sent, else of the pixels.
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
import time

import cv2
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("way")
parser.add_argument("--frames", type=int, default=300)
parser.add_argument("--fps", type=float, default=0)
parser.add_argument("--digits", type=int, default=26)
parser.add_argument("--ext", default=".jpg")
parser.add_argument("--address")
parser.add_argument("--topic", default="camera")
parser.add_argument("--base64", action="store_true")
parser.add_argument("--bind", action="store_true")
parser.add_argument("--name")
parser.add_argument("--shape")
parser.add_argument("--size", default="64x48")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--encoding", default="bgr8")
parser.add_argument("--hold", action="store_true", help="stay when all is written, without closing anything")
parser.add_argument("--log", help="a file for the MD5 lines, where standard output has the frames")
options = parser.parse_args()
width, height = map(int, options.size.split("x"))
log = open(options.log, "w") if options.log else sys.stdout


def picture(number):
    noise = np.random.default_rng(options.seed + number).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def encode(number):
    return cv2.imencode(options.ext, picture(number))[1].tobytes()


def note(data):
    print(hashlib.md5(data).hexdigest(), file=log, flush=True)


def paced(number, start=[0.0]):
    if options.fps:
        start[0] = start[0] or time.monotonic()
        time.sleep(max(0, start[0] + number / options.fps - time.monotonic()))


def write(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def hold():
    while options.hold:
        time.sleep(60)


def prefixed_write():
    for i in range(options.frames):
        paced(i)
        image = encode(i)
        is_last = i == options.frames - 1 and not options.hold
        note(image if options.ext == ".jpg" else picture(i).tobytes())
        write(str(len(image)).zfill(options.digits).encode() + image + (b"1" if is_last else b"0"))
    hold()


def read(length):
    data = sys.stdin.buffer.read(length)
    if len(data) < length:
        sys.exit(f"the pipe ends after {len(data)} of {length} bytes")
    return data


def prefixed_read():
    last = b"0"
    while last == b"0":
        image = read(int(read(options.digits)))
        last = read(1)
        note(image if options.ext == ".jpg" else cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_UNCHANGED))
    assert last == b"1", last


def jpeg_write():
    for i in range(options.frames):
        paced(i)
        image = encode(i)
        note(image)
        write(image)
    hold()


def raw_write():
    for i in range(options.frames):
        paced(i)
        note(picture(i).tobytes())
        write(picture(i).tobytes())
    hold()


def raw_read():
    while data := sys.stdin.buffer.read(width * height * 3):
        note(data)


def socket(kind):
    import zmq

    opened = zmq.Context.instance().socket(getattr(zmq, kind))
    opened.setsockopt(zmq.LINGER, 2000)
    if kind == "SUB":
        opened.subscribe(options.topic)
    (opened.bind if options.bind else opened.connect)(options.address)
    return opened


def zmq_write():
    with socket("PUB") as pub:
        time.sleep(0.5)
        for i in range(options.frames):
            paced(i)
            image = encode(i)
            note(image)
            pub.send_multipart([options.topic.encode(), base64.b64encode(image) if options.base64 else image])
        hold()


def zmq_read():
    with socket("SUB") as sub:
        for _ in range(options.frames):
            topic, image = sub.recv_multipart()
            assert topic.decode().startswith(options.topic), topic
            note(base64.b64decode(image) if options.base64 else image)


def imagezmq_write(kind):
    with socket(kind) as out:
        time.sleep(0.5)
        for i in range(options.frames):
            paced(i)
            if options.ext == ".jpg":
                image, head = encode(i), {"msg": options.name}
            else:
                array = picture(i)
                image, head = array.tobytes(), {"msg": options.name, "dtype": "uint8", "shape": array.shape}
            note(image)
            out.send_json(head, 2)  # zmq.SNDMORE
            out.send(image)
            if kind == "REQ":
                assert out.recv() == b"OK"


def imagezmq_read(kind):
    options.topic = ""
    with socket(kind) as hub:
        for _ in range(options.frames):
            head = hub.recv_json()
            image = hub.recv()
            if "shape" in head:
                array = np.frombuffer(image, head["dtype"]).reshape(head["shape"])
                assert array.shape == (height, width, 3), array.shape
            note(image)
            assert options.name in (None, head["msg"]), head
            if kind == "REP":
                hub.send(b"OK")


def shm_write():
    from multiprocessing import shared_memory

    pixels = shared_memory.SharedMemory(options.name, create=True, size=width * height * 3)
    shape = options.shape and shared_memory.SharedMemory(options.shape, create=True, size=12)
    if shape:
        np.ndarray(3, np.int32, shape.buf)[:] = (height, width, 3)
    frame = np.ndarray((height, width, 3), np.uint8, pixels.buf)
    for i in range(options.frames):
        paced(i)
        frame[:] = picture(i)
        note(picture(i).tobytes())
    time.sleep(0.2)
    hold()
    del frame
    for memory in filter(None, (pixels, shape)):
        memory.close()
        memory.unlink()


def shm_read():
    """Attaches, as a script does that does not know of the resource tracker, and notes each new frame."""
    from multiprocessing import shared_memory

    def attach(name):
        while True:
            try:
                return shared_memory.SharedMemory(name)
            except (FileNotFoundError, ValueError):
                time.sleep(0.001)

    pixels = attach(options.name)
    size = (height, width, 3)
    if options.shape:
        shape = attach(options.shape)
        while not np.ndarray(3, np.int32, shape.buf).any():
            time.sleep(0.001)
        size = tuple(np.ndarray(3, np.int32, shape.buf))
    frame = np.ndarray(size, np.uint8, pixels.buf)
    last = None
    count = 0
    while count < options.frames:
        now = frame.copy()
        time.sleep(0.005)  # without a lock, a frame is whole if it has not changed for a while
        if (now == frame).all() and now.any() and (last is None or (now != last).any()):
            note(now.tobytes())
            last = now
            count += 1
    del frame


def ros_master():
    from rosmaster.master import Master

    master = Master(int(options.address.rsplit(":", 1)[1]))
    master.start()
    print("ready", flush=True)
    while master.ok():
        time.sleep(0.1)


def ros_image(number):
    from sensor_msgs.msg import CompressedImage, Image
    import rospy

    message = CompressedImage() if options.ext == ".jpg" else Image()
    message.header.stamp = rospy.Time(1_700_000_000 + number, 500)
    message.header.frame_id = options.name
    if options.ext == ".jpg":
        message.format, message.data = "jpeg", encode(number)
    else:
        channels = {"bgr8": 3, "rgb8": 3, "mono8": 1, "mono16": 2, "bgra8": 4, "yuv422": 2, "yuv422_yuy2": 2}
        length = height * width * channels[options.encoding]
        data = np.random.default_rng(options.seed + number).integers(0, 256, length, np.uint8).tobytes()
        message.height, message.width, message.encoding = height, width, options.encoding
        message.step, message.data = width * channels[options.encoding], data
    return message


def ros_write():
    import rospy

    rospy.init_node("peer", anonymous=True, disable_signals=True)
    topic = rospy.Publisher(options.topic, type(ros_image(0)), queue_size=10)
    while topic.get_num_connections() == 0:
        time.sleep(0.01)
    for i in range(options.frames):
        paced(i)
        message = ros_image(i)
        data = message.data
        if options.encoding == "yuv422":  # noted as it is carried: luma first
            data = np.frombuffer(data, np.uint8).reshape(-1, 2)[:, ::-1].tobytes()
        note(data)
        topic.publish(message)
    hold()
    time.sleep(0.5)
    rospy.signal_shutdown("done")


def ros_read():
    import rospy
    from sensor_msgs.msg import CompressedImage, Image

    count = 0

    def take(message):
        nonlocal count
        if count < options.frames:
            note(message.data)
            assert message.header.frame_id == (options.name or ""), message.header.frame_id
            stamp = message.header.stamp
            if options.name:  # comes from ros_write()
                assert stamp.nsecs == 500 and 0 <= stamp.secs - 1_700_000_000 < 100_000, stamp
            else:
                assert abs(stamp.to_sec() - time.time()) < 60, stamp
            count += 1

    rospy.init_node("peer", anonymous=True, disable_signals=True)
    kind = CompressedImage if options.ext == ".jpg" else Image
    rospy.Subscriber(options.topic, kind, take, buff_size=1 << 24, tcp_nodelay=True)
    while count < options.frames:
        time.sleep(0.05)
    rospy.signal_shutdown("done")


ways = {
    "ros-master": ros_master,
    "ros-write": ros_write,
    "ros-read": ros_read,
    "prefixed-write": prefixed_write,
    "prefixed-read": prefixed_read,
    "jpeg-write": jpeg_write,
    "raw-write": raw_write,
    "raw-read": raw_read,
    "zmq-write": zmq_write,
    "zmq-read": zmq_read,
    "imagezmq-pub": lambda: imagezmq_write("PUB"),
    "imagezmq-req": lambda: imagezmq_write("REQ"),
    "imagezmq-sub": lambda: imagezmq_read("SUB"),
    "imagezmq-rep": lambda: imagezmq_read("REP"),
    "shm-write": shm_write,
    "shm-read": shm_read,
}
ways[options.way]()
