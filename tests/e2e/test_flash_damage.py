"""A filesystem that is damaged is noticed, made anew, and a person's files in it come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash.contents import about, contents
from patrolcar.flash.filesystem import make_littlefs, question
from patrolcar.flash.flash import Flashed, Options, transfer
from patrolcar.flash.keep import Kept
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.image import KB
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel, find_model
from patrolcar_sim.firmware_image import flash_image
from patrolcar_sim.powered import Powered

BLOCK = 512
FILESYSTEM = range(0x4000, 0x4000 + 112 * KB, BLOCK)


def silent(*_: object) -> None:
    pass


def write(repl: Repl, name: str, data: bytes) -> None:
    folder = name.rpartition("/")[0]
    if folder:
        repl.run(f"import os\nif {folder!r} not in os.listdir(): os.mkdir({folder!r})")
    repl.write_file(f"/flash/{name}", data)


def erase_blocks_with(image: Path, text: bytes) -> int:
    """Erases every block of the filesystem that names something; how many there were."""
    data = bytearray(image.read_bytes())
    found = [at for at in FILESYSTEM if text in data[at : at + BLOCK]]
    for at in found:
        data[at : at + BLOCK] = b"\xff" * BLOCK
    image.write_bytes(data)
    return len(found)


def flashed(image: Path, model: BoardModel = DEFAULT_MODEL) -> tuple[Flashed, dict[str, int]]:
    with Powered(image, model) as board, Repl(board.repl) as repl:
        done = transfer(repl, Options(), silent)
        return done, {name: entry.size for name, entry in contents(repl).files.items()}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_file_that_cannot_be_read_is_named_and_no_other_is_lost(
    image: Path, state: Path
) -> None:
    with Powered(image) as board, Repl(board.repl) as repl:
        write(repl, "notes.txt", b"my notes" * 100)
        write(repl, "lib/kept.py", b"kept = True\n")
        write(repl, "ruined.txt", b"".join(b"line %5d\n" % i for i in range(600)))
    # A block in its middle, which has the way to those before it.
    assert erase_blocks_with(image, b"line   300\n")
    done, files = flashed(image)
    assert done.note is not None
    assert "2 files of yours are back" in done.note
    assert "lost are ruined.txt" in done.note
    assert files["notes.txt"] == 800
    assert files["lib/kept.py"] == 12
    assert "main.py" in files
    assert not list((state / "patrolcar" / "files").glob("*"))


def test_a_superblock_that_is_gone_is_a_new_filesystem_with_the_firmware(image: Path) -> None:
    assert erase_blocks_with(image, b"littlefs")
    done, files = flashed(image)
    assert done.note is None  # the board itself has made a new one
    assert {"boot.py", "main.py", "patrol.pack"} <= set(files)


def test_a_module_that_is_damaged_is_sent_again(image: Path) -> None:
    data = bytearray(image.read_bytes())
    at = next(at for at in FILESYSTEM if data[at : at + 4] == b"PACK")
    data[at + 300] ^= 0x40
    image.write_bytes(data)
    done, _ = flashed(image)
    assert done.plan.send == ("patrol.pack",)
    assert flashed(image)[0].plan.nothing


@pytest.fixture
def fat(tmp_path: Path) -> tuple[Path, BoardModel]:
    """The image of a flashed board whose MicroPython has no littlefs, and its model."""
    model = find_model("nucleo_f446re")
    assert not model.littlefs
    return flash_image(tmp_path / "flash.img", model), model


@pytest.mark.parametrize("harm", [b"\xe2\x28NOT\xff\xfe", b"LOST    BIN"])
def test_a_fat_with_garbage_in_its_folder_is_mended(
    fat: tuple[Path, BoardModel], state: Path, harm: bytes
) -> None:
    image, model = fat
    with Powered(image, model) as board, Repl(board.repl) as repl:
        write(repl, "notes.txt", b"my notes" * 100)
        write(repl, "LOST.BIN", b"lost" * 250)
        repl.run("import os\nos.sync()")
    data = bytearray(image.read_bytes())
    entry = data.index(b"LOST    BIN")
    data[entry : entry + len(harm)] = harm
    data[entry + 26 : entry + 28] = b"\xf0\xef"  # a first cluster that there is not
    image.write_bytes(data)
    done, files = flashed(image, model)
    assert done.note is not None
    assert "1 files of yours are back, lost are" in done.note
    assert done.note.isprintable()
    assert files["notes.txt"] == 800
    assert {"boot.py", "main.py", "patrol.pack"} <= set(files)
    assert flashed(image, model)[0].plan.nothing


def test_formatting_a_board_without_littlefs_makes_a_fat(
    fat: tuple[Path, BoardModel], tmp_path: Path
) -> None:
    image, model = fat
    with Powered(image, model) as board, Repl(board.repl) as repl:
        told = about(repl)
        assert "makes a FAT" in question(repl, told, Kept(tmp_path, "id"))
        make_littlefs(repl, told)
        assert contents(repl).files == {}
        write(repl, "new.txt", b"new")
        repl.run("import os\nos.sync()")
    with Powered(image, model) as board, Repl(board.repl) as repl:
        assert list(contents(repl).files) == ["new.txt"]  # it is found at the next boot, too


@pytest.mark.parametrize(
    "name", ["a\nb.txt", 'it\'s "mine".txt', "w\u00f6rld \u00e9.txt", "a 1 b"]
)
def test_odd_names_are_a_persons_own_and_stay(image: Path, name: str) -> None:
    with Powered(image) as board, Repl(board.repl) as repl:
        write(repl, name, b"precious")
    done, files = flashed(image)
    assert done.plan.nothing
    assert files[name] == 8


@pytest.mark.parametrize("name", ["patrol.pack", "main.py"])
def test_a_folder_in_a_files_place_is_named_and_stays(image: Path, name: str) -> None:
    with Powered(image) as board, Repl(board.repl) as repl:
        repl.run(f"import os\nos.remove({name!r})\nos.mkdir({name!r})")
        write(repl, f"{name}/mine.txt", b"precious")
    with pytest.raises(PatrolError, match=f"{name} on the board at .* is a folder.*remove it"):
        flashed(image)
    with Powered(image) as board, Repl(board.repl) as repl:
        assert repl.read_file(f"/flash/{name}/mine.txt") == b"precious"
