"""`patrol ...` in this process: to start Python takes longer than all the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from patrolcar.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


Patrol = Callable[..., Done]


def in_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> Patrol:
    """A function of the command's further words."""

    def run(*words: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["patrol", command, *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        return Done(code, *capsys.readouterr())

    return run


def refused(done: Done, code: int, *parts: str) -> None:
    """It ended with that code and one line on stderr that has these parts."""
    assert done.returncode == code, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    for part in parts:
        assert part in line
    assert "Traceback" not in done.stdout
