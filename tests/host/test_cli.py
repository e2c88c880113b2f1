"""The command line: help, usage errors, and expected problems as one line without traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    *("sim", "view", "record", "report", "wiring", "demo", "world", "params", "mission"),
    "blackbox",
)


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


@pytest.mark.parametrize("command", ["list", "get", "set", "save", "load", "diff"])
def test_every_command_for_parameters_has_help_with_an_example(command: str) -> None:
    done = patrol("params", "PORT", command, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout


@pytest.mark.parametrize("command", ["upload", "download", "clear", "show"])
def test_every_command_for_missions_has_help_with_an_example(command: str) -> None:
    done = patrol("mission", command, "--help")
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
        (("world", "atlantis"), 2, "unknown world 'atlantis': use corridor"),
        (("world", "room:7+dog"), 2, "use people, paint, edge"),
        (("world", "empty", "-o", "."), 2, "picture . is a folder"),
        (("world", "empty", "-o", "plan.foo"), 2, "plan.foo: Format 'foo' is not supported"),
        (("params", "no-such-port", "list"), 1, "no-such-port"),
        (("params", "no.param", "list"), 2, "no.param does not exist"),
        (("params", "list"), 2, "the port comes first: patrol params PORT list"),
        (("mission", "clear", "no-such-port"), 1, "no-such-port"),
        (("mission", "show", "no.plan"), 2, "no.plan does not exist"),
        (("mission", "download", "no-such-port", "-o", "a.csv"), 2, "let it end in .plan"),
        (("mission", "upload", "no-such-port"), 2, "Missing argument 'FILE'"),
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


def test_a_terminal_that_cannot_show_a_name_gets_it_in_other_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = patrol("world", "empty", "-o", "tür.png", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "t\\xfcr.png\n")


def test_worlds_are_listed_and_drawn(tmp_path: Path) -> None:
    listed = patrol("world").stdout
    assert "office     An office of 8 x 6 m" in listed
    assert "room:SEED" in listed
    done = patrol("world", "room:7+people+paint+edge", "-o", "plan one", cwd=tmp_path)
    assert done.stdout == "plan one.png\n"
    assert (tmp_path / "plan one.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [("view",), ("fly",), ("record", "x"), ("sim", "--seed", "a")])
def test_wrong_usage_ends_with_2(words: tuple[str, ...]) -> None:
    done = patrol(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
