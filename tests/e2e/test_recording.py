"""Recording and viewing the real stream: what was received stays, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patrolcar.link.tlog import read_tlog
from served import Served


def start(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "patrolcar", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_bytes(path: Path, size: int = 4000) -> None:
    end = time.monotonic() + 30
    while not path.exists() or path.stat().st_size < size:
        assert time.monotonic() < end, f"{path} does not grow"
        time.sleep(0.1)


def assert_whole(path: Path) -> None:
    """Every byte of the file belongs to a record that decodes, in the order of time."""
    records = list(read_tlog(path))
    assert len(records) > 50
    times = [at for at, _ in records]
    assert times == sorted(times)
    assert sum(8 + len(message.get_msgbuf()) for _, message in records) == path.stat().st_size


def test_ctrl_c_leaves_a_whole_recording(image: Path, tmp_path: Path) -> None:
    path = tmp_path / "my run.tlog"
    with Served("--flash", image, "--speed", "1") as sim:
        recorder = start("record", sim.uart, path)
        wait_for_bytes(path)
        recorder.send_signal(signal.SIGINT)
        _, complaint = recorder.communicate(timeout=20)
    assert recorder.returncode == 0, complaint
    assert "Traceback" not in complaint
    assert_whole(path)


@pytest.mark.parametrize("end", ["pty", "tcp"])
def test_a_port_that_vanishes_leaves_a_whole_recording(
    image: Path, tmp_path: Path, end: str
) -> None:
    path = tmp_path / "run.tlog"
    with Served("--flash", image, "--speed", "1") as sim:
        recorder = start("record", sim.uart if end == "pty" else sim.uart_url, path)
        wait_for_bytes(path)
        sim.process.kill()
        _, complaint = recorder.communicate(timeout=20)
    assert recorder.returncode == 1
    assert len(complaint.strip().splitlines()) == 1, complaint
    assert "vanished" in complaint
    assert_whole(path)


def test_a_recording_is_never_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "run.tlog"
    path.write_bytes(b"precious")
    recorder = start("record", "tcp:127.0.0.1:1", path)
    _, complaint = recorder.communicate(timeout=20)
    assert recorder.returncode in (1, 2)
    assert path.read_bytes() == b"precious"
    assert len(complaint.strip().splitlines()) == 1


def test_a_port_that_vanishes_while_viewing_is_one_line(image: Path, tmp_path: Path) -> None:
    picture = tmp_path / "view.png"
    with Served("--flash", image, "--speed", "1") as sim:
        viewer = start("view", sim.uart, "--headless", "--snapshot", picture)
        time.sleep(4)
        sim.process.kill()
        _, complaint = viewer.communicate(timeout=30)
    assert viewer.returncode == 1
    assert len(complaint.strip().splitlines()) == 1, complaint
    assert "vanished" in complaint
    assert picture.stat().st_size > 10_000  # what was seen until then is still drawn


def test_a_snapshot_of_the_running_car(image: Path, tmp_path: Path) -> None:
    picture = tmp_path / "a view.png"
    with Served("--flash", image, "--speed", "1") as sim:
        words = ("view", sim.uart_url, "--headless", "--snapshot", picture, "--duration", "3")
        viewer = start(*words)
        _, complaint = viewer.communicate(timeout=40)
    assert viewer.returncode == 0, complaint
    assert picture.stat().st_size > 10_000
