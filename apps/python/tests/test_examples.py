"""The examples, each pair in two processes, as a person would run them."""

import sys
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT, free_port, output

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FRAMES = 30


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    cv2 = pytest.importorskip("cv2")
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 30, (64, 48))
    for number in range(FRAMES):
        video.write(np.full((48, 64, 3), number * 8, np.uint8))
    video.release()
    return str(path)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir() if (path / "writer.py").exists()))
@pytest.mark.parametrize("is_reader_first", [True, False])
def test_an_example_runs(processes, clip, name, is_reader_first):
    channel = [f"udp:127.0.0.1:{free_port()}"] if name == "zeromq" else []
    commands = {
        "reader": [sys.executable, str(EXAMPLES / name / "reader.py"), *channel],
        "writer": [sys.executable, str(EXAMPLES / name / "writer.py"), clip, *channel],
    }
    started = {role: processes.start(commands[role]) for role in sorted(commands, reverse=not is_reader_first)}
    output(started["writer"])
    lines = output(started["reader"]).splitlines()
    if name in ("pipe", "diskcache"):
        assert len(lines) == FRAMES, lines
    assert 1 <= len(lines) <= FRAMES


def test_the_examples_are_short():
    for script in EXAMPLES.glob("*/*.py"):
        lines = [line for line in script.read_text().splitlines() if line and not line.startswith(('"', "import"))]
        assert len(lines) <= 10, script


@pytest.mark.parametrize("page", ["docs/guides/python.md", "README.md"])
def test_the_code_of_the_documents_compiles(page):
    import ast
    import re

    import aeroframe

    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.S)
    assert blocks
    for block in blocks:
        for node in ast.walk(compile(block, page, "exec", ast.PyCF_ONLY_AST)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "aeroframe":
                assert hasattr(aeroframe, node.attr), node.attr
