"""Several processes: Python and Java on either side, and how a process may start and end."""

import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import aeroframe
from conftest import free_port, output, until

IS_LONG = bool(os.environ.get("AEROFRAME_LONG"))
FRAMES = 1000

WRITER = """
import hashlib, sys, time, cv2, numpy as np, aeroframe
stream, channel, encoding, subscribers = *sys.argv[1:4], int(sys.argv[4])
random = np.random.default_rng(1)
with aeroframe.publish(stream, channel=channel, encoding=encoding, lossless=True) as out:
    out.wait_for_subscriber()
    while out.subscribers < subscribers:
        time.sleep(0.001)
    for number in range(1000):
        shape = (48, 64, 3) if number < 500 else (96, 128)
        noise = random.integers(0, 256, shape, np.uint8)
        data = noise if encoding == "raw" else cv2.imencode(".jpg", noise)[1].tobytes()
        assert out.send(data, capture_time_ns=number)
        print(shape[1], shape[0], hashlib.md5(data).hexdigest())
"""

READER = """
import hashlib, sys, aeroframe
with aeroframe.subscribe(sys.argv[1], channel=sys.argv[2]) as camera:
    for frame in camera:
        data = frame.image if frame.encoding == "raw" else frame.data
        print(frame.width, frame.height, hashlib.md5(data.tobytes()).hexdigest())
"""


@pytest.fixture
def processes(processes):
    """JVMs that start faster: the tests of the examples have those that users have."""
    processes.env.setdefault("AEROFRAME_OPTS", "-XX:TieredStopAtLevel=1 -Daeroframe.rehearsal.ms=0")
    return processes


def channel_of(kind):
    return f"udp:127.0.0.1:{free_port()}" if kind == "udp" else kind


def digests(process):
    lines = [json.loads(line) for line in output(process).splitlines()]
    return [f"{line['width']} {line['height']} {line['md5']}" for line in lines if "md5" in line]


@pytest.mark.parametrize("kind", ["ipc", "udp"])
@pytest.mark.parametrize("encoding", ["raw", "jpeg"])
def test_python_to_python(processes, stream, kind, encoding):
    channel = channel_of(kind)
    reader = processes.python(READER, stream, channel)
    sent = output(processes.python(WRITER, stream, channel, encoding, 1))
    assert len(sent.splitlines()) == FRAMES
    assert output(reader) == sent


@pytest.mark.parametrize("kind", ["ipc", "udp"])
@pytest.mark.parametrize("encoding", ["raw", "jpeg"])
def test_python_to_java(processes, stream, kind, encoding):
    channel = channel_of(kind)
    java = processes.aeroframe("subscribe", stream, "digest:", "--channel", channel, "--no-follow", "--json")
    sent = output(processes.python(WRITER, stream, channel, encoding, 1))
    assert digests(java) == sent.splitlines()


@pytest.mark.parametrize("kind", ["ipc", "udp"])
@pytest.mark.parametrize("encoding", ["raw", "jpeg", "zstd"])
def test_java_to_python(processes, stream, kind, encoding):
    channel = channel_of(kind)
    script = """
        import hashlib, sys, aeroframe
        with aeroframe.subscribe(sys.argv[1], channel=sys.argv[2]) as camera:
            for count, frame in enumerate(camera, 1):
                image = frame.image
                data = frame.data if frame.encoding == "jpeg" else image
                print(frame.sequence, hashlib.md5(data.tobytes()).hexdigest())
                if count == 1000:
                    break
        """
    java = processes.aeroframe("subscribe", stream, "digest:", "--channel", channel, "--no-follow", "--json")
    publisher = processes.aeroframe(
        *f"publish pattern:160x120 {stream} --encoding {encoding} --fps 300 --lossless --await-subscriber".split(),
        *("--channel", channel),
    )
    until(lambda: os.fstat(java.file.fileno()).st_size > 0, "the subscriber in Java")
    received = dict(line.split() for line in output(processes.python(script, stream, channel)).splitlines())
    assert len(received) == FRAMES
    publisher.send_signal(signal.SIGINT)
    output(publisher, 130)
    lines = [json.loads(line) for line in output(java).splitlines()]
    expected = {str(line["sequence"]): line["md5"] for line in lines if "md5" in line}
    common = received.keys() & expected.keys()
    assert len(common) > FRAMES // 2  # over UDP, either of two on a host may be left behind
    assert all(received[sequence] == expected[sequence] for sequence in common)


# Never torn.

TORN_WRITER = """
import sys, numpy as np, aeroframe
frames = int(sys.argv[2])
with aeroframe.publish(sys.argv[1]) as out:
    out.wait_for_subscriber(shape=(688, 1280, 3))
    while out.subscribers < 4:
        pass
    for number in range(frames):
        with out.claim((688, 1280, 3), capture_time_ns=number) as pixels:
            pixels[:] = number % 251
    print(out.ledger.published)
"""

TORN_READER = """
import random, sys, time, aeroframe
torn = kept = 0
held = []
with aeroframe.subscribe(sys.argv[1], latest=random.random() < 0.5) as camera:
    for frame in camera:
        time.sleep(random.random() ** 4 / 50)
        if random.random() < 0.1:
            held.append((frame.capture_time_ns, frame.image))
            held = held[-2:]
        for number, image in [(frame.capture_time_ns, frame.image), *held]:
            torn += not (image == number % 251).all()
    ledger = camera.ledger
assert ledger.published == sum(ledger[1:7]), ledger
print(torn, ledger.received, ledger.published)
"""


def test_no_frame_is_torn(processes, stream):
    frames = 20_000 if IS_LONG else 1_000
    readers = [processes.python(TORN_READER, stream) for _ in range(4)]
    published = int(output(processes.python(TORN_WRITER, stream, frames)))
    assert published == frames
    for reader in readers:
        torn, received, seen = map(int, output(reader).split())
        assert torn == 0
        assert 0 < received <= seen <= published


# Processes that end.


def test_a_publisher_that_is_killed_is_followed_by_the_next(processes, stream):
    script = """
        import itertools, sys, time, numpy as np, aeroframe
        with aeroframe.publish(sys.argv[1]) as out:
            for number in itertools.count():
                out.send(np.full((48, 64), int(sys.argv[2]), np.uint8))
                time.sleep(0.005)
        """
    rounds = 50 if IS_LONG else 3
    with aeroframe.subscribe(stream) as camera:
        for round in range(rounds):
            writer = processes.python(script, stream, round)
            while camera.read(60).image[0, 0] != round:
                pass
            assert len(list(Path(os.environ["AEROFRAME_DIR"]).glob("pool-*"))) <= 3, "those of the dead are removed"
            writer.kill()
            writer.wait()
    with aeroframe.subscribe(stream, follow=False) as camera:
        writer = processes.python(script, stream, 0)
        assert camera.read(60)
        writer.kill()
        with pytest.raises(aeroframe.StreamLost, match=f"stream '{stream}': its publisher vanished"):
            for _ in camera:
                pass


def test_a_reader_that_is_killed_does_not_stop_its_publisher(processes, stream):
    script = """
        import sys, aeroframe
        with aeroframe.subscribe(sys.argv[1]) as camera:
            kept = [next(camera).keep() for _ in range(5)]
            print("keeps", flush=True)
            for frame in camera:
                pass
        """
    with aeroframe.publish(stream, slots=6) as out:
        for _ in range(50 if IS_LONG else 3):
            reader = processes.python(script, stream)
            thread = threading.Thread(target=reader.stdout.readline)
            thread.start()
            while thread.is_alive():
                out.send(np.zeros((48, 64), np.uint8))
                time.sleep(0.005)
            reader.kill()
            reader.wait()
        before = out.ledger.dropped_no_slot
        until(lambda: out.send(np.zeros((48, 64), np.uint8)) or out.last_drop == "no_subscriber", "a free slot")
        assert out.ledger.dropped_no_slot >= before


def test_ctrl_c_ends_a_wait(processes, stream):
    script = """
        import sys, aeroframe
        with aeroframe.subscribe(sys.argv[1]) as camera:
            try:
                print("waits", flush=True)
                for frame in camera:
                    pass
            except KeyboardInterrupt:
                print("interrupted")
                raise
        """
    for _ in range(2):
        reader = processes.python(script, stream)
        assert reader.stdout.readline() == "waits\n"
        reader.send_signal(signal.SIGINT)
        assert "interrupted" in output(reader, -signal.SIGINT)


@pytest.mark.parametrize("channel", ["ipc", "aeron:ipc?pool=off"])
@pytest.mark.parametrize("encoding", ["raw", "jpeg"])
def test_ctrl_c_ends_a_lossless_send_to_a_reader_that_stands_still(processes, stream, channel, encoding):
    script = """
        import itertools, sys, time, numpy as np, aeroframe
        with aeroframe.publish(sys.argv[1], channel=sys.argv[2], encoding=sys.argv[3], lossless=True, slots=3) as out:
            out.wait_for_subscriber(shape=(480, 640, 3))
            print("sends", flush=True)
            for number in itertools.count():
                started = time.monotonic()
                out.send(np.zeros((480, 640, 3), np.uint8))
        """
    with aeroframe.subscribe(stream, channel=channel) as camera:
        writer = processes.python(script, stream, channel, encoding)
        assert camera.read(60)
        assert writer.stdout.readline() == "sends\n"
        time.sleep(1)  # the writer fills what there is; nothing depends on how far it gets
        writer.send_signal(signal.SIGINT)
        assert writer.wait(20) == -signal.SIGINT


@pytest.mark.parametrize("ending", ["pass", "sys.exit(0)", "out.close()", "thread = None"])
def test_the_interpreter_ends_with_streams_open(processes, stream, ending):
    script = f"""
        import sys, threading, numpy as np, aeroframe
        camera = aeroframe.subscribe("other")
        thread = threading.Thread(target=lambda: [frame for frame in camera], daemon=True)
        thread.start()
        out = aeroframe.publish(sys.argv[1])
        out.wait_for_subscriber()
        print(out.send(np.zeros((4, 4), np.uint8)), flush=True)
        with out.claim((4, 4)) as pixels:
            pass
        {ending}
        """
    reader = processes.python(READER, stream, "ipc")
    assert "True" in output(processes.python(script, stream))
    assert len(output(reader).splitlines()) == 2  # and the stream has ended for its readers


def test_sigterm_ends_a_publisher_that_hosts_the_driver(processes, stream):
    script = """
        import itertools, sys, time, numpy as np, aeroframe
        out = aeroframe.publish(sys.argv[1])
        out.wait_for_subscriber()
        for number in itertools.count():
            if out.send(np.zeros((4, 4), np.uint8)) and number == 10:
                print("runs", flush=True)
            time.sleep(0.01)
        """
    reader = processes.python(READER, stream, "ipc")
    writer = processes.python(script, stream)
    assert writer.stdout.readline() == "runs\n"
    writer.terminate()
    output(writer, -signal.SIGTERM)
    reader.terminate()
    output(reader, -signal.SIGTERM)


# fork().


def test_a_child_of_fork_says_what_to_do(processes):
    script = """
        import os, sys, numpy as np, aeroframe
        camera = aeroframe.subscribe("s")
        out = aeroframe.publish("s")
        child = os.fork()
        if child == 0:
            image = np.zeros((4, 4), np.uint8)
            for use in (lambda: aeroframe.publish("t"), lambda: camera.read(0), lambda: out.send(image)):
                try:
                    use()
                except aeroframe.Forked as error:
                    print(error, flush=True)
            sys.exit(0)
        print(os.waitpid(child, 0)[1], camera.read(0))
        """
    lines = output(processes.python(script)).splitlines()
    assert len(lines) == 4 and lines[3] == "0 None"
    for line in lines[:3]:
        assert 'multiprocessing.get_context("spawn")' in line


def test_forking_before_the_first_stream(processes, stream):
    script = """
        import os, sys, numpy as np, aeroframe
        child = os.fork()
        if child == 0:
            with aeroframe.publish(sys.argv[1]) as out:
                out.wait_for_subscriber()
                out.send(np.zeros((4, 4), np.uint8))
            sys.exit(0)
        with aeroframe.subscribe(sys.argv[1]) as camera:
            print(len([frame for frame in camera]))
        os.waitpid(child, 0)
        """
    assert output(processes.python(script, stream)) == "1\n"


def test_multiprocessing_with_spawn(processes, stream, tmp_path):
    script = tmp_path / "spawn.py"
    script.write_text(
        """
import multiprocessing, sys, numpy as np, aeroframe

def write(stream):
    with aeroframe.publish(stream) as out:
        out.wait_for_subscriber()
        out.send(np.zeros((4, 4), np.uint8))

if __name__ == "__main__":
    with aeroframe.subscribe(sys.argv[1]) as camera:
        camera.read(0)
        writer = multiprocessing.get_context("spawn").Process(target=write, args=sys.argv[1:2])
        writer.start()
        print(len([frame for frame in camera]))
        writer.join()
"""
    )
    assert output(processes.start([sys.executable, str(script), stream])) == "1\n"


# Java.


def test_a_jvm_that_runs_is_used(processes, stream):
    script = """
        import jpype, sys, numpy as np, aeroframe
        jpype.startJVM(*aeroframe.jvm_arguments(), interrupt=False)
        with aeroframe.publish(sys.argv[1]) as out:
            out.send(np.zeros((4, 4), np.uint8))
            print(out.ledger.published)
        """
    assert output(processes.python(script, stream)) == "1\n"


def test_a_jvm_that_lacks_what_is_needed(processes):
    script = """
        import glob, jpype, aeroframe
        jpype.startJVM(classpath=glob.glob("/usr/share/java/org.jpype.jar"), interrupt=False)  # Debian's is there
        try:
            aeroframe.publish("s")
        except aeroframe.Error as error:
            print(error)
        """
    assert "jpype.startJVM(*aeroframe.jvm_arguments())" in output(processes.python(script))


def test_java_that_is_too_old(processes, tmp_path):
    library = tmp_path / "lib" / "server" / "libjvm.so"
    library.parent.mkdir(parents=True)
    library.touch()
    (tmp_path / "release").write_text('JAVA_VERSION="11.0.2"\n')
    script = "import aeroframe\ntry: aeroframe.publish('s')\nexcept aeroframe.JavaNotFound as error: print(error)"
    text = output(processes.python(script, env={"JAVA_HOME": str(tmp_path)}))
    assert "is Java 11: install Java 17 or newer" in text and "JAVA_HOME" in text


def test_options_of_java(processes):
    script = """
        import aeroframe
        try:
            aeroframe.publish("s")
            print("runs")
        except aeroframe.Error as error:
            print(error)
        """
    good = processes.python(script, env={"AEROFRAME_OPTS": "-Xmx100m  -Daeroframe.rehearsal.ms=0"})
    bad = processes.python(script, env={"AEROFRAME_OPTS": "-XX:NoSuch"})
    assert output(good) == "runs\n"
    assert output(bad).startswith("Java does not start with AEROFRAME_OPTS='-XX:NoSuch'")


# Leaks.


def test_opening_and_closing_leaves_nothing(stream):
    def used():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(os.listdir("/proc/self/fd"))

    def cycle(times):
        for _ in range(times):
            with aeroframe.subscribe(stream) as camera:
                assert camera.read(0) is None

    with aeroframe.publish(stream) as out:
        out.send(np.zeros((48, 64), np.uint8))
        cycle(200)
        memory, descriptors = used()
        cycle(10_000 if IS_LONG else 300)
        later_memory = used()[0]
        until(lambda: used()[1] <= descriptors + 5, "descriptors to be closed")
    assert later_memory - memory < 40_000, "KiB"
