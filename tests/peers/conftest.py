"""A virtual car in real time, and the ground stations of others that are asked about it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patrolcar_sim.firmware_image import firmware_image
from patrolcar_sim.scenario.parameters import settings_table
from served import Served

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".venv-peers" / "bin" / "mavproxy.py"
# Its own, without terrain and adsb, which need numpy and pillow for their maps.
MODULES = (
    "log,signing,wp,rally,fence,ftp,param,relay,tuneopt,arm,mode,calibration,rc,auxopt,misc,"
    "cmdlong,battery,output,layout"
)


@pytest.fixture(scope="module")
def car(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The car in an empty room."""
    image = tmp_path_factory.mktemp("car") / "flash.img"
    shutil.copyfile(firmware_image(), image)
    with Served("--flash", image, "--world", "empty", "--speed", "1") as served:
        yield served


@pytest.fixture(scope="session")
def parameters() -> int:
    """How many there are."""
    return len(settings_table()[1])


class MavProxy:
    """MAVProxy at a prompt. `output` is all that it has printed."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        assert PROGRAM.is_file(), f"{PROGRAM} is not there: run `make test-peers`"
        self.output = ""
        self._process = subprocess.Popen(
            [PROGRAM.parent / "python", PROGRAM, f"--default-modules={MODULES}", *arguments],
            cwd=folder,
            env={**os.environ, "HOME": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONPATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while text := self._process.stdout.read(1):
            self.output += text

    def until(self, pattern: str, most_s: float = 10.0, begin: int = 0) -> re.Match[str]:
        """Waits for what matches, from that place of the output on."""
        end = time.monotonic() + most_s
        while not (found := re.search(pattern, self.output[begin:])):
            assert time.monotonic() < end, f"no {pattern!r} within {most_s} s:\n{self.output}"
            time.sleep(0.05)
        return found

    def ask(self, line: str, pattern: str, most_s: float = 10.0) -> re.Match[str]:
        """Types a line and waits for what it brings."""
        begin = len(self.output)
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.until(pattern, most_s, begin)

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., MavProxy]]:
    """start(*arguments) starts a MAVProxy in a folder of its own."""
    started: list[MavProxy] = []

    def make(*arguments: str) -> MavProxy:
        started.append(MavProxy(tmp_path_factory.mktemp("mavproxy"), *arguments))
        return started[-1]

    yield make
    for proxy in started:
        proxy.close()
