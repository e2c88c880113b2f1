"""The command line: help, usage errors, and expected problems as one line without traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ("sim", "view", "record", "report", "wiring", "demo")


def patrol(*words: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Runs the command as a person does, without a display."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "patrolcar", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=cwd,
        env=environment,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = patrol(command, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("view", "no-such-port", "--headless"), 1, "no-such-port"),
        (("view", "no-such-port"), 2, "--headless --snapshot"),
        (("record", "no-such-port", "out.tlog"), 1, "no-such-port"),
        (("record", "no-such-port", "no/out.tlog"), 2, "folder no does not exist"),
        (("report", "no.tlog"), 2, "no.tlog does not exist"),
        (("sim", "--speed", "fast"), 2, "--speed fast"),
        (("demo", "--speed", "-3"), 2, "--speed -3"),
        (("sim", "--world", "atlantis"), 2, "atlantis"),
        (("wiring", "arduino"), 2, "board arduino: pass one of blackpill_f411, nucleo_f446re, py"),
        (("wiring", "pyboard_v11", "-o", "wiring.gif"), 2, "let it end in .svg or .png"),
    ],
)
def test_an_expected_problem_is_one_line(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    done = patrol(*words, cwd=tmp_path)
    assert done.returncode == code
    (line,) = done.stderr.splitlines()
    assert line.startswith("patrol: ")
    assert said in line


@pytest.mark.parametrize("words", [("view",), ("fly",), ("record", "x"), ("sim", "--seed", "a")])
def test_wrong_usage_ends_with_2(words: tuple[str, ...]) -> None:
    done = patrol(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
