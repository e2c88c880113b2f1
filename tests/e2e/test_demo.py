"""`patrol demo`, the main job, as a person without a display starts it."""

import re
import subprocess
import sys
from pathlib import Path

from matplotlib.image import imread

from patrolcar.link.tlog import read_tlog


def demo(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", "demo", "--no-window", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
        cwd=folder,
    )


def test_the_demo_flashes_drives_and_reports(tmp_path: Path) -> None:
    done = demo(tmp_path, "--seconds", "10", "--speed", "max")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    (verdict,) = re.findall(r"^.*of patrol:.*$", done.stdout, re.MULTILINE)
    metres = re.search(r"([\d.]+) m driven", verdict)
    assert metres is not None
    assert float(metres[1]) > 1
    assert ", 0 contacts; " in verdict
    counts = re.search(r"frames (\d+) sent, (\d+) received, 0 lost", verdict)
    assert counts is not None
    assert counts[1] == counts[2]
    # What was recorded is what was counted, and the few frames after the last count.
    frames = len(list(read_tlog(tmp_path / "patrol-demo" / "run.tlog")))
    assert 0 <= frames - int(counts[1]) < 100
    assert imread(tmp_path / "patrol-demo" / "report.png").shape[:2] == (800, 1200)


def test_an_unknown_world_ends_the_demo_with_one_line(tmp_path: Path) -> None:
    done = demo(tmp_path, "--world", "atlantis")
    assert done.returncode in (1, 2)
    (line,) = done.stderr.splitlines()
    assert line.startswith("patrol: ")
    assert "atlantis" in line
