"""The demo's ends that need no board: a simulator that cannot start, or dies on the way."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from patrolcar.demo import Demo, Options
from patrolcar.errors import PatrolError


def run(tmp_path: Path, program: str) -> None:
    child = tmp_path / "child.py"
    child.write_text(program)
    options = Options(seconds=1, out=tmp_path / "out", window=False)
    console = Console(file=io.StringIO())
    Demo(options, console, [sys.executable, str(child)]).run()


def test_a_simulator_that_cannot_start_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PatrolError, match="interpreter is missing"):
        run(tmp_path, "import sys; sys.exit('patrol: interpreter is missing: install it')")


def test_a_simulator_that_dies_on_the_way_is_named_with_its_reason(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "print('REPL  /dev/no-such-port  x', flush=True)\n"
        "print('UART  /dev/no-such-port  x', flush=True)\n"
        "time.sleep(0.3)\n"
        "sys.exit('patrol: out of luck')\n"
    )
    with pytest.raises(PatrolError, match="the simulator ended: out of luck"):
        run(tmp_path, program)


def test_an_output_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file is in the way")
    with pytest.raises(PatrolError, match="out cannot be written"):
        run(tmp_path, "")
