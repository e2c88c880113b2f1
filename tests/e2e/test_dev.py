"""`patrol dev` keeps a board in step with the tree, whatever is saved there."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolcar.flash.build import firmware_dir
from served import Served

PATIENCE_S = 20.0


class Dev:
    """The running command, in a folder whose firmware it watches by a relative name."""

    def __init__(self, port: str, folder: Path) -> None:
        self.tree = folder / "my firmware"
        shutil.copytree(firmware_dir(), self.tree, ignore=shutil.ignore_patterns("__pycache__"))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "patrolcar", "dev", port, "--tree", "my firmware"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
        )
        self.lines: list[str] = []
        self.seen: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def wait_for(self, text: str) -> str:
        """The first line with that text that has come since the last one waited for."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            while self.lines:
                line = self.lines.pop(0)
                self.seen.append(line)
                if text in line:
                    return line
            time.sleep(0.02)
        raise AssertionError(f"no line with {text!r} within {PATIENCE_S} s: {self.seen}")

    def save(self, name: str, text: str) -> None:
        (self.tree / name).write_text(text)


@pytest.fixture
def dev(image: Path, tmp_path: Path) -> Iterator[Dev]:
    with Served("--flash", image, "--world", "empty") as sim:
        running = Dev(sim.repl, tmp_path)
        yield running
        running.process.kill()
        running.process.wait()


def test_what_is_saved_runs_and_what_it_prints_is_shown(dev: Dev) -> None:
    assert ": 0 sent, " in dev.wait_for("as they were")
    dev.wait_for("patrolcar 0.1.0 build")
    main = (dev.tree / "main.py").read_text()
    dev.save("main.py", 'print("hello from", 6 * 7)\n' + main)
    dev.wait_for("-- saved: main.py")
    dev.wait_for("2 sent")  # the modules know which build they are
    dev.wait_for("hello from 42")
    car = (dev.tree / "patrol" / "car.py").read_text()
    dev.save("patrol/car.py", car + "x = = 1\n")
    line = dev.wait_for("SyntaxError")
    assert "patrol/car.py, line " in line
    dev.wait_for("patrolcar 0.1.0 build")  # the car goes on with what it has
    dev.save("patrol/car.py", car + "MORE = 1\n")
    dev.wait_for("1 sent")
    dev.process.send_signal(signal.SIGINT)
    assert dev.process.wait(10) == 0
    assert not any("Traceback" in line for line in dev.lines)


def test_a_folder_without_a_firmware_is_refused(tmp_path: Path) -> None:
    with Served("--world", "empty") as sim:
        done = subprocess.run(
            [sys.executable, "-m", "patrolcar", "dev", sim.repl, "--tree", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 2
    assert "no firmware tree" in done.stderr
