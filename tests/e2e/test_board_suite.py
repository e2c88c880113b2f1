"""tests/board runs on a MicroPython that knows nothing of the car, and ends with its figures."""

import subprocess
import sys
from pathlib import Path

from plain_board import PlainBoard

ROOT = Path(__file__).resolve().parents[2]


def test_the_suite_passes_on_a_plain_interpreter_at_a_terminal(tmp_path: Path) -> None:
    with PlainBoard(tmp_path) as board:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/board", "--port", board.port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    assert "time of 1000 ticks, disarmed, telemetry on (measured" in done.stdout
    assert "heap by module, each compiled by itself (64-bit" in done.stdout
    assert list(tmp_path.iterdir()) == []  # nothing was left behind
