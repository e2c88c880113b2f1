"""mpremote as a child: its complaints become one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash import copy


def test_a_missing_port_is_one_line() -> None:
    with pytest.raises(PatrolError, match="failed to access") as caught:
        copy.board_mpy("/dev/no-such-port")
    assert "/dev/no-such-port" in str(caught.value)


def test_an_exception_on_the_board_is_named() -> None:
    done = subprocess.CompletedProcess(
        [],
        1,
        stdout="",
        stderr='Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n'
        "OSError: 28\n",
    )
    assert copy._reason(done) == "OSError: 28"


def test_main_is_copied_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("main.py", "boot.py", "zebra.mpy"):
        (tmp_path / name).write_text("")
    (tmp_path / "patrol").mkdir()
    called: list[tuple[str, ...]] = []
    monkeypatch.setattr(copy, "mpremote", lambda port, *words: called.append(words))
    copy.copy_tree("port", tmp_path)
    ((command, recursive, *entries, target),) = called
    assert (command, recursive, target) == ("cp", "-r", ":")
    assert [Path(entry).name for entry in entries] == ["boot.py", "patrol", "zebra.mpy", "main.py"]


def test_a_board_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(words: list[str], **how: object) -> None:
        raise subprocess.TimeoutExpired(words, 1)

    monkeypatch.setattr(subprocess, "run", stuck)
    with pytest.raises(PatrolError, match="did not answer mpremote ls"):
        copy.mpremote("port", "ls")


def test_mpremote_is_the_one_of_this_python() -> None:
    words = [sys.executable, "-m", "mpremote", "version"]
    assert "mpremote" in subprocess.run(words, capture_output=True, text=True, check=True).stdout
