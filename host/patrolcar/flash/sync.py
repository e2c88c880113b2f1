"""Bringing a board's filesystem to what was built, so that a cut at any point leaves it safe.

`main.py` is what starts the car. It is removed before anything else is touched and put back, by a
rename, after everything else has been verified: in between the board boots into safe mode (boot.py
sees that main.py is missing). So what runs is the old firmware or the new one, never half of each,
and a second run mends what the first left. What is not of the firmware stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from patrolcar.errors import PatrolError
from patrolcar.flash.contents import ROOT, OnBoard, Space, contents
from patrolcar.flash.repl import BoardError, Repl

START = "main.py"
# What a board in the middle of an update boots with: replaced whole, and after all else.
LATE = ("safe.py", "boot.py", START)
NEW = ".new"
SPARE_BLOCKS = 6  # of folders, and of a file that is written anew before the old one goes
ENOSPC = "28"

Progress = Callable[[str, int, int], None]  # what is being done, bytes done, bytes in all


@dataclass(frozen=True)
class Plan:
    """What has to happen: files to send and to remove, and how many stay as they are."""

    send: tuple[str, ...]
    remove: tuple[str, ...]
    keep: int

    @property
    def nothing(self) -> bool:
        """Whether the board has all of it already."""
        return not self.send and not self.remove


def read_tree(folder: Path) -> dict[str, bytes]:
    """The files of a built tree by their name on the board."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def plan(wanted: dict[str, bytes], found: dict[str, OnBoard]) -> Plan:
    """Compares by hash. Of what is not wanted, only what is the firmware's own goes."""
    send = tuple(
        name
        for name, data in wanted.items()
        if name not in found or found[name].sha256 != hashlib.sha256(data).hexdigest()
    )
    own = _Own(wanted)
    remove = tuple(name for name in found if name not in wanted and own.has(name))
    return Plan(send, remove, len(wanted) - len(send))


class _Own:
    """Whose a file is: the firmware's are its folders, and its modules in either form."""

    def __init__(self, wanted: dict[str, bytes]) -> None:
        self._folders = {PurePosixPath(name).parts[0] for name in wanted if "/" in name}
        self._stems = {PurePosixPath(name).stem for name in wanted if "/" not in name}

    def has(self, name: str) -> bool:
        path = PurePosixPath(name)
        if len(path.parts) > 1:
            return path.parts[0] in self._folders
        if path.suffix == NEW:
            return path.stem + ".py" in LATE
        return path.suffix in (".py", ".mpy") and path.stem in self._stems


def check_room(
    wanted: dict[str, bytes], found: dict[str, OnBoard], todo: Plan, space: Space
) -> None:
    """PatrolError when it would not fit, before anything has been touched."""

    def blocks(size: int) -> int:
        return -(-size // space.block)

    gone = sum(blocks(found[name].size) for name in {*todo.send, *todo.remove} if name in found)
    need = sum(blocks(len(wanted[name])) for name in todo.send) + SPARE_BLOCKS
    free = space.free // space.block + gone
    if need <= free:
        return
    own = _Own(wanted)
    others = sorted(
        ((entry.size, name) for name, entry in found.items() if not own.has(name)), reverse=True
    )
    largest = ", ".join(f"{name} ({size} bytes)" for size, name in others[:3])
    advice = f"remove files of your own, the largest being {largest}" if others else "no --source"
    raise PatrolError(
        f"the board's filesystem of {space.total // 1024} KB is full: "
        f"{need * space.block // 1024} KB are needed, {free * space.block // 1024} KB can be had: "
        f"{advice}"
    )


def apply(
    board: Repl,
    wanted: dict[str, bytes],
    found: dict[str, OnBoard],
    folders: list[str],
    todo: Plan,
    progress: Progress,
) -> None:
    """Carries the plan out and verifies it. PatrolError when the board does not hold what it got.

    `found` and `folders` are what contents() told.
    """
    total = sum(len(wanted[name]) for name in todo.send)
    done = 0

    def sent(n: int) -> None:
        nonlocal done
        done += n
        progress("sending", done, total)

    try:
        if START in found:
            _remove(board, [START])
        early = [name for name in todo.send if name not in LATE]
        stale = [name for name in todo.remove if name not in LATE]
        _remove(board, stale + [name for name in early if name in found])
        _make_folders(board, early, folders)
        for name in early:
            board.write_file(f"{ROOT}/{name}", wanted[name], sent)
        _verify(board, wanted, [name for name in wanted if name not in LATE], progress)
        for name in LATE:
            if name in wanted and (name in todo.send or name == START):
                _replace(board, name, wanted[name], sent)
        _verify(board, wanted, [name for name in LATE if name in wanted], progress)
        _drop_empty_folders(board, wanted)
    except BoardError as error:
        if f"OSError: {ENOSPC}" in error.name or "ENOSPC" in error.name:
            raise PatrolError(
                f"the filesystem of the board at {board.port} is full: remove files of your own "
                "from it and run again; until then it starts in safe mode"
            ) from None
        raise


def _remove(board: Repl, names: list[str]) -> None:
    if names:
        paths = [f"{ROOT}/{name}" for name in names]
        board.run(f"import os\nfor p in {paths!r}: os.remove(p)\nos.sync()\ndel p", 60.0)


def _make_folders(board: Repl, names: list[str], folders: list[str]) -> None:
    needed = {parent.as_posix() for name in names for parent in PurePosixPath(name).parents}
    for folder in sorted(needed - {".", *folders}):
        board.run(f"import os\nos.mkdir({f'{ROOT}/{folder}'!r})")


def _replace(board: Repl, name: str, data: bytes, sent: Callable[[int], None]) -> None:
    """Writes a file beside the old one and lets it take its place."""
    stem = PurePosixPath(name).stem
    beside = f"{ROOT}/{stem}{NEW}"
    board.write_file(beside, data, sent)
    board.run(
        f"import os\nos.sync()\nos.rename({beside!r}, {f'{ROOT}/{name}'!r})\nos.sync()", 60.0
    )


def _verify(board: Repl, wanted: dict[str, bytes], names: list[str], progress: Progress) -> None:
    progress("verifying", 0, 0)
    board.run("import os\nos.sync()", 60.0)
    wrong = plan({name: wanted[name] for name in names}, contents(board)[0]).send
    if wrong:
        raise PatrolError(
            f"{wrong[0]} arrived damaged at {board.port}"
            + (f", and {len(wrong) - 1} more" if len(wrong) > 1 else "")
            + ": run again; until then the board starts in safe mode"
        )


def _drop_empty_folders(board: Repl, wanted: dict[str, bytes]) -> None:
    own = {PurePosixPath(name).parts[0] for name in wanted if "/" in name}
    needed = {parent.as_posix() for name in wanted for parent in PurePosixPath(name).parents}
    _, folders = contents(board)
    for folder in sorted(folders, reverse=True):
        if folder.split("/")[0] in own and folder not in needed:
            board.run(f"import os\nos.rmdir({f'{ROOT}/{folder}'!r})")
