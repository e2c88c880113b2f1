"""A filesystem that is damaged is noticed, made anew, and a person's files in it come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar.flash.contents import contents
from patrolcar.flash.flash import Flashed, Options, transfer
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.image import KB
from powered import Powered

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


def flashed(image: Path) -> tuple[Flashed, dict[str, int]]:
    with Powered(image) as board, Repl(board.repl) as repl:
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
    assert not list((state / "patrolcar" / "files").glob("*/*"))


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
