"""What a flash would do to a board, decided from hashes, before anything is touched."""

from __future__ import annotations

import ast
import hashlib

import pytest

from patrolcar.errors import PatrolError
from patrolcar.flash import sync
from patrolcar.flash.contents import Listing, OnBoard, Space
from patrolcar.flash.sync import Full, apply, has_room_for_both, plan, refuse_hiding

WANTED = {
    "boot.py": b"boot",
    "main.py": b"main",
    "board.mpy": b"pins",
    "patrol.pack": b"modules" * 700,
}


def on_board(files: dict[str, bytes]) -> dict[str, OnBoard]:
    return {
        name: OnBoard(len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()
    }


def test_an_empty_board_gets_everything() -> None:
    todo = plan(WANTED, {})
    assert set(todo.send) == set(WANTED)
    assert (todo.remove, todo.keep) == ((), 0)


def test_a_board_that_has_it_all_gets_nothing() -> None:
    todo = plan(WANTED, on_board(WANTED))
    assert todo.nothing
    assert todo.keep == len(WANTED)


def test_only_what_differs_is_sent() -> None:
    todo = plan(WANTED, on_board({**WANTED, "board.mpy": b"older"}))
    assert todo.send == ("board.mpy",)
    assert todo.remove == ()


@pytest.mark.parametrize("name", ["board.py", "boot.new", "main.mpy", "patrol.new"])
def test_what_no_longer_belongs_goes(name: str) -> None:
    assert plan(WANTED, on_board({**WANTED, name: b"x"})).remove == (name,)


@pytest.mark.parametrize(
    "name", ["notes.txt", "lib/mine.py", "mine.py", "patrol/app.mpy", "x.new"]
)
def test_what_is_the_persons_own_stays(name: str) -> None:
    assert plan(WANTED, on_board({**WANTED, name: b"x"})).nothing


def test_a_board_without_room_is_refused_with_the_largest_files() -> None:
    found = on_board({"video.bin": b"v" * 9000, "notes.txt": b"n" * 100})
    todo = plan(WANTED, found)
    with pytest.raises(PatrolError) as caught:
        has_room_for_both(WANTED, found, todo, Space(block=512, total=16384, free=2048))
    text = str(caught.value)
    assert "16 KB is full" in text
    assert "video.bin (9000 bytes), notes.txt (100 bytes)" in text


def test_a_firmware_that_is_larger_than_the_filesystem_is_told_so() -> None:
    todo = plan(WANTED, {})
    with pytest.raises(PatrolError, match="4 KB in all: leave something out"):
        has_room_for_both(WANTED, {}, todo, Space(block=512, total=4096, free=4096))


def test_a_folder_that_hides_the_modules_is_refused_by_name() -> None:
    refuse_hiding(["lib", "data"], "port")
    with pytest.raises(PatrolError, match="the folder patrol/ on the board at port hides"):
        refuse_hiding(["lib", "patrol", "patrol/link"], "port")


def test_the_old_firmware_stays_until_the_new_one_is_whole_where_there_is_room() -> None:
    found = on_board({name: data + b"older" for name, data in WANTED.items()})
    todo = plan(WANTED, found)
    roomy = Space(block=512, total=112 * 1024, free=60 * 1024)
    tight = Space(block=512, total=16384, free=6 * 1024)
    assert has_room_for_both(WANTED, found, todo, roomy)
    assert not has_room_for_both(WANTED, found, todo, tight)


def test_on_a_fat_the_firmware_may_take_the_last_block() -> None:
    full = sum(-(-len(data) // 512) for data in WANTED.values()) * 512
    fat = Space(block=512, total=full, free=full, spare=0)
    assert has_room_for_both(WANTED, {}, plan(WANTED, {}), fat)
    littlefs = Space(block=512, total=full, free=full)
    with pytest.raises(Full, match="leave something out"):
        has_room_for_both(WANTED, {}, plan(WANTED, {}), littlefs)


def test_what_an_earlier_flash_left_half_sent_makes_room() -> None:
    found = on_board({"patrol.new": b"m" * 5000})
    todo = plan(WANTED, found)
    assert has_room_for_both(WANTED, found, todo, Space(block=512, total=16384, free=6 * 1024))


class Board:
    """A board whose files are a dict; what happened to them is kept, in order."""

    port = "port"

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = dict(files)
        self.done: list[str] = []

    def run(self, code: str, timeout_s: float = 0.0) -> str:
        for line in code.split("\n"):
            if line.startswith("for p in "):
                listed, _, action = line.removeprefix("for p in ").partition(": ")
                for entry in ast.literal_eval(listed):
                    if action == "os.remove(p)":
                        name = entry.removeprefix("/flash/")
                        del self.files[name]
                        self.done.append(f"removed {name}")
                    else:
                        old, new = (path.removeprefix("/flash/") for path in entry)
                        self.files[new] = self.files.pop(old)
                        self.done.append(f"placed {new}")
        return ""

    def write_file(self, path: str, data: bytes, on_sent: object) -> None:
        name = path.removeprefix("/flash/")
        self.files[name] = data
        self.done.append(f"wrote {name}")


OLD = {
    "boot.py": b"old boot",
    "main.py": b"main",
    "board.py": b"pins in source",
    "patrol.pack": b"old modules" * 500,
    "patrol.new": b"half sent",
}


@pytest.mark.parametrize("free", [60 * 1024, 4 * 1024], ids=["room for both", "room for one"])
def test_nothing_of_the_old_firmware_goes_while_main_py_could_start_it(
    free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(OLD)
    monkeypatch.setattr(sync, "contents", lambda _: Listing(on_board(board.files), [], []))
    todo = plan(WANTED, on_board(OLD))
    space = Space(block=512, total=112 * 1024, free=free)
    apply(board, WANTED, on_board(OLD), todo, space, lambda *_: None)  # type: ignore[arg-type]
    assert board.files == WANTED
    stopped = board.done.index("removed main.py")
    assert all(step.startswith(("wrote", "removed patrol.new")) for step in board.done[:stopped])
    assert board.done[-1] == "placed main.py"
