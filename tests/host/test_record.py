"""Recording: every frame, byte for byte, and a whole file however it ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patrolcar.errors import PatrolError
from patrolcar.link.tlog import read_tlog
from patrolcar.record import record


def test_a_vanished_port_leaves_every_frame_in_the_file(
    car: Callable[..., Any], tmp_path: Path
) -> None:
    sender = car(seconds=3)
    frames, ended = record(sender.uri, tmp_path / "out.tlog")
    assert ended is not None
    assert "vanished" in str(ended)
    assert frames == sender.frames
    records = list(read_tlog(tmp_path / "out.tlog"))
    assert len(records) == frames
    assert all(abs(time_us / 1e6 - time.time()) < 60 for time_us, _ in records)


def test_a_duration_ends_the_recording(car: Callable[..., Any], tmp_path: Path) -> None:
    frames, ended = record(car(seconds=60, pace=1).uri, tmp_path / "out.tlog", 0.5)
    assert ended is None
    assert frames == len(list(read_tlog(tmp_path / "out.tlog"))) > 10


def test_ctrl_c_leaves_a_whole_file_and_says_how_many_frames(
    car: Callable[..., Any], tmp_path: Path
) -> None:
    out = tmp_path / "out.tlog"
    words = [sys.executable, "-m", "patrolcar", "record", car(seconds=60, pace=1).uri, str(out)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while (not out.exists() or out.stat().st_size < 2000) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stderr) == (0, "")
    assert stdout.strip() == f"{out}: {len(list(read_tlog(out)))} frames"


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out.tlog"
    out.write_bytes(b"precious")
    with pytest.raises(PatrolError, match="--force") as caught:
        record("tcp:127.0.0.1:1", out)
    assert caught.value.code == 2
    assert out.read_bytes() == b"precious"


def test_force_overwrites(car: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "out.tlog"
    out.write_bytes(b"old")
    frames, _ = record(car(seconds=0.5).uri, out, force=True)
    assert len(list(read_tlog(out))) == frames


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match="does not exist"):
        record("tcp:127.0.0.1:1", tmp_path / "no" / "out.tlog")
