"""The wheel, installed where nothing else of Aeroframe is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, output

PROJECT = ROOT / "apps" / "target" / "python"
MAX_WHEEL_BYTES = 10_000_000


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def site(tmp_path):
    """A directory with the installed wheel, which was built from a copy."""
    import shutil

    project = shutil.copytree(PROJECT, tmp_path / "project")
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", tmp_path, project)
    (wheel,) = tmp_path.glob("aeroframe-*.whl")
    assert wheel.stat().st_size < MAX_WHEEL_BYTES
    site = tmp_path / "site"
    pip("install", "--no-index", "--no-deps", "--target", site, wheel)
    return site


def test_the_wheel_has_all_it_needs(processes, site):
    script = """
        import numpy as np, aeroframe, cv2
        assert aeroframe.__file__.startswith({site!r}), aeroframe.__file__
        with aeroframe.publish("s", encoding="jpeg") as out, aeroframe.subscribe("s") as camera:
            while camera.read(0.01) or not out.wait_for_subscriber(0):
                pass
            out.send(np.full((48, 64, 3), 100, np.uint8))
            frame = camera.read(60)
            print(frame.encoding, frame.image.shape, int(frame.image.mean()))
        """
    text = output(processes.python(script.replace("{site!r}", repr(str(site))), env={"PYTHONPATH": str(site)}))
    assert text == "jpeg (48, 64, 3) 100\n"


def test_zstd_frames_say_what_is_missing(processes, site, stream):
    script = """
        import sys, aeroframe
        with aeroframe.subscribe(sys.argv[1]) as camera:
            frame = next(camera)
            print(frame.encoding, len(frame.data) > 0)
            try:
                frame.image
            except aeroframe.Error as error:
                print(error)
        """
    reader = processes.python(script, stream, env={"PYTHONPATH": str(site)})
    processes.aeroframe("publish", "pattern:64x48", stream, "--encoding", "zstd")
    assert output(reader).splitlines() == [
        "zstd True",
        "zstd frames cannot be decoded here: run from a checkout or a release, which have the library",
    ]


def test_the_path_of_the_package(processes):
    path = Path(output(processes.aeroframe("python-path")).strip())
    script = "import aeroframe; print(aeroframe.__file__)"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    assert output(processes.python(script, env={**environment, "PYTHONPATH": str(path)})).startswith(str(path))
