"""A board's file is data: whatever else stands in it is one line, and nothing of it runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.board_file import SHAPES, read_board
from patrolcar.flash.build import BOARDS, board_data, boards, build, firmware_dir
from patrolcar.flash.flash import choose_board

PYBOARD = "PYBv1.1 with STM32F405RG"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "firmware"
    shutil.copytree(firmware_dir(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("name", boards())
def test_what_it_has_to_say_is_what_the_boards_say(name: str) -> None:
    assert set(board_data(name)) == set(SHAPES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys\n", "line 2: a board's file has lines NAME = value"),
        ("raise SystemExit(3)\n", "line 2: a board's file has"),
        ("if X\n", "line 2: SyntaxError"),
        ("UART = open('/etc/passwd')\n", "line 2: UART is neither a number nor"),
        ("UART = {[]: 1}\n", "line 2: UART is neither"),
        ("UART = " + "-" * 5_000 + "1\n", " an expression is nested too deeply"),
        ("UART = 'é'\n", "line 2: byte 0xe9, which is no UTF-8"),
        ("UART = 1\n", r"lacks MACHINE, VERSION, .* and 24 more: take them"),
    ],
)
def test_what_is_no_data_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "toy.py"
    path.write_bytes(('"""A board."""\n' + text).encode("latin-1"))
    with pytest.raises(PatrolError, match=rf"/toy\.py\W.*{said.lstrip()}|/toy\.py {said}"):
        read_board(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("MOTOR_LEFT = 5", r"MOTOR_LEFT is 5, but has to be \(an integer, a pin's name"),
        ("MOTOR_STANDBY = 'Y1\"); boom(\"'", "MOTOR_STANDBY is .* but has to be a pin's name"),
        ("SETTINGS = ((1, 2, 3),)", r"SETTINGS is .* a tuple, of each \(an integer, an integer\)"),
        ("MACHINE = None", "MACHINE is None, but has to be a text"),
        ("TOF_XSHUT = ()", r"TOF_XSHUT is \(\), but has to be a pin's name or None"),
    ],
)
def test_a_value_of_another_kind_is_named(tree: Path, line: str, said: str) -> None:
    with (tree / BOARDS / "pyboard_v11.py").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(PatrolError, match=rf"boards/pyboard_v11\.py: {said}"):
        board_data("pyboard_v11", tree)


def test_a_board_may_have_no_pin_for_xshut(tree: Path) -> None:
    with (tree / BOARDS / "pyboard_v11.py").open("a") as file:
        file.write("TOF_XSHUT = None\n")
    assert board_data("pyboard_v11", tree)["TOF_XSHUT"] is None


def test_another_boards_broken_file_does_not_matter(tree: Path, tmp_path: Path) -> None:
    (tree / BOARDS / "blackpill_f411.py").write_text("MACHINE = \n")
    (tree / BOARDS / ".#pyboard_v11.py").symlink_to("nowhere")
    assert choose_board(PYBOARD, None, tree) == "pyboard_v11"
    assert choose_board(PYBOARD, "pyboard_v11", tree) == "pyboard_v11"
    assert build(tmp_path / "build", "x64", tree, board="pyboard_v11").files > 40


@pytest.mark.parametrize("wanted", [None, "pyboard_v11"])
def test_the_boards_own_broken_file_is_named(tree: Path, wanted: str | None) -> None:
    (tree / BOARDS / "pyboard_v11.py").write_text("MACHINE = \n")
    with pytest.raises(PatrolError, match=r"boards/pyboard_v11\.py, line 1: SyntaxError"):
        choose_board(PYBOARD, wanted, tree)


def test_a_tree_without_boards_says_so(tree: Path) -> None:
    shutil.rmtree(tree / BOARDS)
    with pytest.raises(PatrolError, match="boards has no board's file"):
        choose_board(PYBOARD, None, tree)
