"""A board as it comes, whose FAT has no room for the firmware, is given one that has: its person's
files and its settings come through that, whatever cuts it off."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.contents import about, contents
from patrolcar.flash.filesystem import make_littlefs
from patrolcar.flash.flash import Flashed, Options, transfer
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.lockstep import FlashWork
from patrolcar_sim.board.models import find_model
from patrolcar_sim.firmware_image import firmware_image
from patrolcar_sim.powered import Powered

MODEL = find_model("nucleo_f446re")
SEED = 21
POINTS = 25
SAMPLED = 2
STOCK_BLOCKS, SMALL_BLOCKS = 94, 122  # of 512 bytes, beside a root of 512 and of 64 entries
STEPS = ("saving your files", "making the filesystem anew", "putting your files back", "sending")

STORE = "import board\nfrom patrol.store.log import Log\nfrom patrol.store import settings\n"
SAVE = STORE + "settings.save(Log(board.SETTINGS), {'track': 13040})"
LOAD = STORE + "print(settings.load(Log(board.SETTINGS), lambda *said: None)['track'])"
AS_IT_COMES = """
import os, pyb
os.umount('/flash')
os.VfsFat.mkfs(pyb.Flash(start=0))
os.mount(pyb.Flash(start=0), '/flash')
os.chdir('/flash')
os.mkdir('lib')
os.mkdir('empty')
"""


def silent(*_: object) -> None:
    pass


def firmware_blocks() -> int:
    """What the firmware takes of a FAT."""
    with Powered(firmware_image(MODEL.name), MODEL) as board, Repl(board.repl) as repl:
        return sum(-(-entry.size // 512) for entry in contents(repl).files.values())


@pytest.fixture(scope="session")
def theirs() -> dict[str, bytes]:
    """Files with which the firmware fits on a FAT with a small root directory alone."""
    left = SMALL_BLOCKS - firmware_blocks()
    room = left - 6  # two small files, two folders, and two blocks
    assert 0 < room < STOCK_BLOCKS
    data = random.Random(f"theirs {SEED}").randbytes(room * 512)
    return {"A long name of mine.bin": data, "notes.txt": b"mine\n", "lib/mine.py": b"x = 1\n"}


@pytest.fixture(scope="session")
def stock(theirs: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A board with settings, and with MicroPython's own FAT that has a person's files alone."""
    image = tmp_path_factory.mktemp("stock") / "flash.img"
    shutil.copyfile(firmware_image(MODEL.name), image)
    with Powered(image, MODEL) as board, Repl(board.repl) as repl:
        repl.soft_reset()
        repl.run(SAVE)
        repl.run(AS_IT_COMES)
        for name, data in theirs.items():
            repl.write_file(f"/flash/{name}", data)
        repl.run("import os\nos.sync()")
        space = about(repl).space
        assert space is not None
        assert space.total == STOCK_BLOCKS * 512
    return image


@pytest.fixture
def image(stock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    copied = tmp_path / "flash.img"
    shutil.copyfile(stock, copied)
    return copied


def kept(image: Path) -> list[Path]:
    """What is kept on this machine of any board."""
    return [path for path in (image.parent / "state").rglob("*") if path.is_file()]


def flashed(image: Path) -> Flashed:
    with Powered(image, MODEL) as board, Repl(board.repl) as repl:
        return transfer(repl, Options(), silent)


def check_whole(image: Path, theirs: dict[str, bytes]) -> None:
    """The board has the firmware, the person's files and folders, and the settings."""
    with Powered(image, MODEL) as board, Repl(board.repl) as repl:
        repl.soft_reset()
        found = contents(repl)
        assert {name: repl.read_file(f"/flash/{name}") for name in theirs} == theirs
        assert set(found.folders) == {"lib", "empty"}
        assert {"boot.py", "main.py", "patrol.pack"} <= found.files.keys()
        assert not [name for name in found.files if name.endswith(".new")]
        assert repl.value(LOAD) == 13040
        space = about(repl).space
        assert space is not None
        assert space.total == SMALL_BLOCKS * 512
    assert kept(image) == []


def test_it_is_given_a_small_root_directory_and_loses_nothing(
    image: Path, theirs: dict[str, bytes]
) -> None:
    done = flashed(image)
    assert done.note is not None
    assert "made anew with a small root directory, as the firmware needs the room" in done.note
    assert "3 files of yours are back" in done.note
    assert "\n" not in done.note
    check_whole(image, theirs)
    again = flashed(image)
    assert again.note is None
    assert again.plan.nothing


def test_where_it_would_not_fit_either_it_stays_as_it_was(
    image: Path, theirs: dict[str, bytes]
) -> None:
    with Powered(image, MODEL) as board, Repl(board.repl) as repl:
        repl.write_file("/flash/more.bin", b"more" * 640)
        repl.run("import os\nos.sync()")
        with pytest.raises(PatrolError, match=r"61 KB is full.* remove files of your own, .*bin"):
            transfer(repl, Options(), silent)
        assert contents(repl).files.keys() == {*theirs, "more.bin"}
        repl.run("import os\nos.remove('/flash/more.bin')\nos.sync()")
    assert not [path for path in kept(image) if path.suffix == ".zip"]
    flashed(image)
    check_whole(image, theirs)


@pytest.mark.parametrize("step", STEPS)
def test_a_program_that_ends_in_a_step_of_it_is_taken_up_by_the_next(
    step: str, image: Path, theirs: dict[str, bytes]
) -> None:
    def ends(what: str, done: int, total: int) -> None:
        if what == step and done * 2 >= total:
            raise KeyboardInterrupt

    with (
        Powered(image, MODEL) as board,
        Repl(board.repl) as repl,
        pytest.raises(KeyboardInterrupt),
    ):
        transfer(repl, Options(), ends)
    done = flashed(image)
    assert done.note is not None
    assert ("cut off" in done.note) == (step != STEPS[0])
    check_whole(image, theirs)


def test_a_file_that_was_left_open_is_not_closed_on_the_filesystem_that_comes_after(
    image: Path,
) -> None:
    with Powered(image, MODEL) as board, Repl(board.repl) as repl:
        repl.run("left = open('/flash/left.txt', 'w')\nleft.write('half')")
        make_littlefs(repl, about(repl))
        # Where it is still there, the board prints the error of closing it.
        assert repl.run("import gc\nleft = None\nfor _ in range(9): gc.collect()") == ""


def test_formatting_tells_of_what_a_run_that_was_cut_off_has_kept_and_forgets_it(
    image: Path, theirs: dict[str, bytes]
) -> None:
    def ends(what: str, done: int, total: int) -> None:
        if what == STEPS[2]:
            raise KeyboardInterrupt

    with Powered(image, MODEL) as board:
        with pytest.raises(KeyboardInterrupt), Repl(board.repl) as repl:
            transfer(repl, Options(), ends)
        (archive,) = (path for path in kept(image) if path.suffix == ".zip")
        asked: list[str] = []
        format_it = Options(littlefs=True)
        with Repl(board.repl) as repl:
            with pytest.raises(PatrolError, match="left as it is"):
                transfer(repl, format_it, silent, lambda question: bool(asked.append(question)))
            assert f"those that a run which was cut off has left in {archive} and" in asked[0]
            assert archive.exists()
            assert transfer(repl, format_it, silent).note is None
            assert not contents(repl).files.keys() & theirs.keys()
    assert kept(image) == []


class Works:
    """Cuts a board's power in the n-th erase or programming of its flash."""

    def __init__(self, board: Powered, nth: int | None = None) -> None:
        self.count = 0
        self._board = board
        self._nth = nth
        board.board.on_flash = self

    def __call__(self, kind: FlashWork, offset: int) -> None:
        if kind != FlashWork.DONE:
            self.count += 1
            if self.count == self._nth:
                self._board.cut_us = self._board.board.now_us


@pytest.fixture(scope="session")
def works(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many there are in a flash that nothing cuts."""
    copied = tmp_path_factory.mktemp("works") / "flash.img"
    shutil.copyfile(stock, copied)
    with Powered(copied, MODEL) as board, Repl(board.repl) as repl:
        counted = Works(board)
        transfer(repl, Options(), silent)
    return counted.count


@pytest.mark.parametrize(
    "point",
    [pytest.param(i, marks=() if i < SAMPLED else pytest.mark.acceptance) for i in range(POINTS)],
)
def test_a_board_that_loses_its_power_in_it_is_whole_after_the_next(
    point: int, image: Path, theirs: dict[str, bytes], works: int
) -> None:
    # In the first fifth of it, the filesystem and their files, or anywhere.
    share = random.Random(f"cut {SEED} {point}").random() * (0.2 if point % 2 else 1)
    with Powered(image, MODEL) as board, Repl(board.repl) as repl:
        Works(board, 1 + int(works * share))
        with pytest.raises(PatrolError):
            transfer(repl, Options(), silent)
    flashed(image)
    check_whole(image, theirs)
