"""A flash that is cut off, by a killed program or a lost battery, leaves a board that boots: with
the old firmware, the new one, or in safe mode, never with half of each. A second run mends it."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.build import build, firmware_dir
from patrolcar.flash.contents import contents
from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.greeting import Greeting, hear
from patrolcar.flash.pack import packed
from patrolcar.flash.repl import Repl
from patrolcar.flash.sync import read_tree
from patrolcar.link.connection import connect
from patrolcar_sim.powered import Powered

SEED = 20
POINTS = 25  # of each kind
SAMPLED = 2
LONGEST_US = 20_000_000  # of virtual time that a flash takes, erases and all


def _points() -> list[object]:
    return [
        pytest.param(i, marks=() if i < SAMPLED else pytest.mark.acceptance) for i in range(POINTS)
    ]


@pytest.fixture(scope="session")
def old_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An older firmware: no file is as it is today."""
    tree = tmp_path_factory.mktemp("old") / "firmware"
    shutil.copytree(firmware_dir(), tree, ignore=shutil.ignore_patterns("__pycache__"))
    for path in tree.rglob("*.py"):
        path.write_text(path.read_text() + "\nOLDER = 1\n")
    (tree / "patrol" / "retired.py").write_text("gone = True\n")
    return tree


@pytest.fixture(scope="session")
def old_image(old_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    image = tmp_path_factory.mktemp("old image") / "flash.img"
    with Powered(image) as board, Repl(board.repl) as repl:
        transfer(repl, Options(littlefs=True, tree=old_tree), lambda *_: None)
    return image


def _hashes(tree: Path, folder: Path) -> dict[str, str]:
    build(folder, "x64", tree)
    files = packed(read_tree(folder))
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


@pytest.fixture(scope="session")
def old_files(old_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _hashes(old_tree, tmp_path_factory.mktemp("old build") / "out")


@pytest.fixture(scope="session")
def new_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _hashes(firmware_dir(), tmp_path_factory.mktemp("new build") / "out")


@pytest.fixture
def image(old_image: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "flash.img"
    shutil.copy(old_image, copied)
    return copied


def flashing(port: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "patrolcar", "flash", port, "--yes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def files_on(port: str) -> dict[str, str]:
    with Repl(port) as repl:
        return {name: entry.sha256 for name, entry in contents(repl).files.items()}


def greeting_of(board: Powered) -> Greeting | None:
    """What the car says once it is up; None where its REPL is all that is left."""
    with connect(board.uart) as link:
        try:
            return hear(link, timeout_s=4.0)
        except PatrolError:
            return None


def check_what_boots(board: Powered, old_files: dict[str, str], new_files: dict[str, str]) -> None:
    greeting = greeting_of(board)
    if greeting is not None and not greeting.safe_mode:
        # What was sent by then lies beside, under names that nothing reads.
        files = files_on(board.repl)
        whole = {name: sha for name, sha in files.items() if not name.endswith(".new")}
        assert whole in (old_files, new_files)
    else:
        with Repl(board.repl) as repl:  # the REPL is free
            assert repl.value("print(6 * 7)") == 42
            assert repl.value("import sys; print('patrol.app' in sys.modules)") is False


def check_a_second_run(board: Powered, new_files: dict[str, str]) -> None:
    process = flashing(board.repl)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert files_on(board.repl) == new_files


@pytest.mark.parametrize("point", _points())
def test_a_killed_flash_leaves_a_board_that_boots_and_is_mended(
    point: int, image: Path, old_files: dict[str, str], new_files: dict[str, str]
) -> None:
    after_s = 0.25 + 2.5 * random.Random(f"kill {SEED} {point}").random()
    with Powered(image) as board:
        process = flashing(board.repl)
        time.sleep(after_s)
        process.kill()
        process.communicate()
    with Powered(image) as board:
        check_what_boots(board, old_files, new_files)
        check_a_second_run(board, new_files)


@pytest.mark.parametrize("point", _points())
def test_a_board_that_loses_its_power_boots_and_is_mended(
    point: int, image: Path, old_files: dict[str, str], new_files: dict[str, str]
) -> None:
    with Powered(image) as board:
        greeting_of(board)  # it runs
        share = random.Random(f"cut {SEED} {point}").random()
        board.cut_us = board.board.now_us + int(LONGEST_US * share)
        flashing(board.repl).communicate(timeout=60)
    with Powered(image) as board:
        check_what_boots(board, old_files, new_files)
        check_a_second_run(board, new_files)
