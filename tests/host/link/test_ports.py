"""Ports by what is known of them."""

from __future__ import annotations

import os
import pty
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.link.connection import connect
from patrolcar.link.ports import NamedPorts


def test_a_known_repl_is_no_telemetry_and_gets_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    board, repl = pty.openpty()
    _, uart = pty.openpty()
    names = os.ttyname(repl), os.ttyname(uart)
    with NamedPorts("office", *names) as ports:
        for name in (names[0], str(ports.path / "repl")):
            with pytest.raises(PatrolError, match=f"REPL of car office.*is {names[1]}") as error:
                connect(name)
            assert error.value.code == 2
        os.set_blocking(board, False)
        with pytest.raises(BlockingIOError):
            os.read(board, 1)
        connect(names[1]).close()
    connect(names[0]).close()


def test_what_a_killed_simulator_has_left_refuses_nobodys_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    _, port = pty.openpty()
    left = tmp_path / "patrolcar" / "ports" / "office-1"
    left.mkdir(parents=True)
    (left / "lock").touch()
    (left / "repl").symlink_to(os.ttyname(port))
    connect(os.ttyname(port)).close()
