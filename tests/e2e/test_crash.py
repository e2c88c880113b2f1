"""`patrol crash` on a board that has crashed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from patrolcar.flash.build import firmware_dir
from patrolcar.flash.greeting import read_prompt
from patrolcar.flash.repl import Repl
from patrolcar.link.connection import connect
from served import Served

CRASH = """
import board
from patrol.store import crash
from patrol.store.log import Log
def outer():
    1 // 0
try:
    outer()
except Exception as error:
    crash.note(Log(board.SETTINGS), 1, error)
"""


def patrol_crash(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", "crash", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_records_are_shown_cleared_and_the_car_starts_again(image: Path) -> None:
    with Served("--flash", image, "--speed", "1") as sim:
        done = patrol_crash(sim.repl)
        assert (done.returncode, done.stdout) == (0, f"{sim.repl}: no crash records\n")
        with Repl(sim.repl) as board:
            board.run(CRASH)
            board.reset()
            assert read_prompt(board) is not None
        done = patrol_crash(sim.repl)
        assert done.returncode == 0, done.stderr
        assert "the firmware did not start" in done.stdout
        assert "<stdin>:6 outer\n    ZeroDivisionError: divide by zero" in done.stdout
        done = patrol_crash(sim.repl, "--json", "--clear")
        (record,) = map(json.loads, done.stdout.splitlines())
        assert record["version"] == "0.1.0"
        assert len(record["build"]) == 16
        assert "no crash records" in patrol_crash(sim.repl).stdout
        with connect(sim.uart) as link:
            assert link.recv(timeout=5) is not None  # it was reset, and runs


TASK = """
from patrol.app import Car
car = Car()
car.leds = None
car.run(60)
"""
FRAME = re.compile(
    r"^ *(?:File \")?(patrol/[a-z_/]+\.py)(?:\", line |:)(\d+)(?:, in| ) *(\w+)$", re.M
)


def test_the_frames_of_a_crash_are_where_the_sources_have_them(image: Path) -> None:
    with Served("--flash", image, "--world", "empty") as sim:
        with Repl(sim.repl) as board:
            board.soft_reset()
            printed = board.run(TASK, 30.0)
        stored = patrol_crash(sim.repl).stdout
    for told in (printed, stored):
        frames = FRAME.findall(told)
        assert [name for _, _, name in frames] == ["run", "run", "tick", "step"], told
        for (file, line, _), code in zip(
            frames,
            ("schedule.run(", "self.tick()", "functions[i]()", "car.leds.patterns"),
            strict=True,
        ):
            lines = (firmware_dir() / file).read_text(encoding="utf-8").splitlines()
            assert code in lines[int(line) - 1]


def test_a_port_without_a_board_is_one_line() -> None:
    done = patrol_crash("/dev/pts/9999")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_flash_ends_the_safe_mode_of_many_crashes_and_keeps_their_records(image: Path) -> None:
    with Served("--flash", image, "--world", "empty") as sim:
        with Repl(sim.repl) as repl:
            repl.run(
                "import board\nfrom patrol.store import crash\nfrom patrol.store.log import Log\n"
                "for i in range(3):\n"
                "    crash.note(Log(board.SETTINGS), 1, ValueError('x'), None, 1, 5)"
            )
            repl.reset()
            words = read_prompt(repl)
        assert words is not None
        assert words.safe_mode
        done = subprocess.run(
            [sys.executable, "-m", "patrolcar", "flash", sim.repl],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        shown = patrol_crash(sim.repl)
        assert shown.stdout.count("ValueError: x") == 3
