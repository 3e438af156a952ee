import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).resolve().parents[1]
PATH = os.environ.get("AEROFRAME_PYTHON_PATH", str(PACKAGE))
sys.path.insert(0, PATH)

# In a shell's background job SIGINT is ignored, and would be in the processes of the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

# One base directory for this process, whose JVM stays.
_shm = "/dev/shm" if os.path.isdir("/dev/shm") else None
_directory = tempfile.TemporaryDirectory(dir=_shm, prefix="aeroframe-test-")
os.environ["AEROFRAME_DIR"] = os.path.join(_directory.name, "base")

PATIENCE = 120


def free_port():
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "timed out waiting for " + what
        time.sleep(0.002)


class Processes:
    """Other processes of a test, which are ended with it."""

    def __init__(self):
        self.env = dict(os.environ, PYTHONPATH=PATH, PYTHONDONTWRITEBYTECODE="1")
        self.started = []

    def python(self, script, *arguments, **options):
        command = [sys.executable, "-u", "-c", textwrap.dedent(script), *map(str, arguments)]
        return self.start(command, **options)

    def aeroframe(self, *arguments):
        """A command, whose output goes to a file: it does not wait for somebody to read it."""
        file = tempfile.TemporaryFile("w+")
        process = self.start([str(ROOT / "apps" / "bin" / "aeroframe"), *map(str, arguments)], stdout=file)
        process.file = file
        return process

    def start(self, command, env=(), **options):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        options = {**pipes, "cwd": _directory.name, **options}
        process = subprocess.Popen(command, env={**self.env, **dict(env)}, **options)
        self.started.append(process)
        return process

    def end(self):
        for process in self.started:
            process.kill()
            process.communicate()
            if hasattr(process, "file"):
                process.file.close()


@pytest.fixture
def processes():
    made = Processes()
    yield made
    made.end()


def output(process, status=0):
    """What a process printed, when it has ended by itself."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == status, (process.returncode, out, err)
    if out is None:
        process.file.seek(0)
        out = process.file.read()
    return out


_count = 0


@pytest.fixture
def stream():
    """A name that no other test uses."""
    global _count
    _count += 1
    return f"stream_{os.getpid()}_{_count}"


@pytest.fixture
def connected(stream):
    """Opens a publication and a subscription that have found each other."""
    import aeroframe

    opened = []

    def open_both(publish={}, subscribe={}, shape=(48, 64, 3)):
        out = aeroframe.publish(stream, **publish)
        camera = aeroframe.subscribe(stream, **subscribe)
        opened.extend((out, camera))

        def is_connected():
            assert camera.read(0) is None
            return out.wait_for_subscriber(0, shape=shape)

        until(is_connected, "the subscriber")
        return out, camera

    yield open_both
    for one in opened:
        one.close()
