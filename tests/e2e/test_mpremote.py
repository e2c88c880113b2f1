"""The unmodified mpremote command takes the virtual board for a real one.

Each file in mpremote/ is a session at a shell: commands behind `$` and what they print, with `...`
for anything. The board's flash is an empty littlefs 2 when it begins.
"""

from __future__ import annotations

import difflib
import doctest
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolcar.flash.contents import about
from patrolcar.flash.filesystem import make_littlefs
from patrolcar.flash.repl import Repl
from patrolcar_sim.powered import Powered
from served import Served

SESSIONS = sorted((Path(__file__).parent / "mpremote").glob("*.txt"))


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Served]:
    image = tmp_path / "flash image.img"  # a path with a space
    with Powered(image) as board, Repl(board.repl) as repl:
        make_littlefs(repl, about(repl))
    with Served("--flash", image, "--world", "empty") as served:
        yield served


class Shell:
    """A shell in a folder of its own, whose mpremote is connected to the board."""

    def __init__(self, port: str, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        tools = folder / "tools"
        tools.mkdir()
        command = tools / "mpremote"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mpremote connect {port} "$@"\n')
        command.chmod(0o755)
        self._environment = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUTF8": "1",
        }

    def run(self, command: str) -> str:
        """What it printed, and `exit N` when that is not 0."""
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return done.stdout + (f"exit {done.returncode}\n" if done.returncode else "")


@pytest.fixture
def shell(sim: Served, tmp_path: Path) -> Shell:
    return Shell(sim.repl, tmp_path)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda path: path.stem)
def test_a_session_prints_what_is_written(session: Path, shell: Shell) -> None:
    checker = doctest.OutputChecker()
    for step in session.read_text(encoding="utf-8").split("\n$ ")[1:]:
        command, _, wanted = step.partition("\n")
        if wanted and not wanted.endswith("\n"):
            wanted += "\n"
        got = shell.run(command)
        if not checker.check_output(wanted, got, doctest.ELLIPSIS):
            shown = difflib.unified_diff(wanted.splitlines(), got.splitlines(), lineterm="")
            pytest.fail(f"$ {command}\n" + "\n".join(shown))


def test_a_tcp_port_does_as_well_as_the_terminal_device(sim: Served, tmp_path: Path) -> None:
    assert Shell(sim.repl_url, tmp_path).run("mpremote exec 'print(7)'") == "7\n"


def test_a_new_board_has_the_factorys_fat(tmp_path: Path) -> None:
    with Served("--world", "empty") as new:
        shell = Shell(new.repl, tmp_path)
        table = shell.run("mpremote df").splitlines()
    # 190 clusters on 112 KB: a root directory of 512 entries takes 16 KB of them.
    kind, size, used, available, *_ = next(line for line in table if "/flash" in line).split()
    assert (kind, int(size)) == ("<VfsFat>", 190 * 512)
    assert int(used) + int(available) == int(size)


def test_a_hundred_kilobytes_fit_onto_an_enlarged_filesystem(tmp_path: Path) -> None:
    data = os.urandom(100 * 1024)
    with Served("--filesystem-kb", "300", "--world", "empty") as enlarged:
        shell = Shell(enlarged.repl, tmp_path)
        (shell.folder / "data").write_bytes(data)
        assert shell.run("mpremote cp data :").startswith("cp data :")
        assert hashlib.sha256(data).hexdigest() in shell.run("mpremote sha256sum :data")
        shell.run("mpremote cp :data back")
        assert (shell.folder / "back").read_bytes() == data
