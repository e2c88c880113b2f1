"""Bringing a board's filesystem to what was built, so that a cut at any point leaves it safe.

New files are written beside the old ones, and verified there, while the old firmware still stands.
Then `main.py`, which is what starts the car, is removed; the others change names; and once all has
been verified in its place, `main.py` is put back. A board that boots in between is in safe mode
(boot.py sees that main.py is missing). So what runs is the old firmware or the new one, never half
of each, and a second run mends what the first left. Where there is no room for both, the old one
goes before the new one comes. What is not of the firmware stays.
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
NEW = ".new"
# A folder of this name would be found before the pack, and hide every module in it.
HIDING = "patrol"
WRITE_S = 60.0  # for a few erases
# EACCES is what a FAT gives for a name that its root directory has no room for.
ENOSPC = ("ENOSPC", "OSError: 28", "EACCES", "OSError: 13")

Progress = Callable[[str, int, int], None]  # what is being done, bytes done, bytes in all


class Refused(PatrolError):
    """A person has to change something on the board first; it was left as it is."""


class Full(Refused):
    """The firmware does not fit onto the board's filesystem."""


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
    remove = tuple(name for name in found if name not in wanted and own(wanted, name))
    return Plan(send, remove, len(wanted) - len(send))


def own(wanted: dict[str, bytes], name: str) -> bool:
    """Whether a file is the firmware's: a module of it in either form, or one half-sent."""
    path = PurePosixPath(name)
    if name in wanted:
        return True
    return (
        len(path.parts) == 1
        and path.suffix in (".py", ".mpy", NEW)
        and path.stem in {PurePosixPath(one).stem for one in wanted}
    )


def refuse_hiding(folders: list[str], port: str) -> None:
    """Refused where a folder on the board would hide the firmware's modules."""
    if HIDING in folders:
        raise Refused(
            f"the folder {HIDING}/ on the board at {port} hides the firmware's modules: move what "
            f"you need of it, then mpremote connect {port} rm -r :{HIDING}, and run again"
        )


def _blocks(size: int, space: Space) -> int:
    return -(-size // space.block)


def has_room_for_both(
    wanted: dict[str, bytes], found: dict[str, OnBoard], todo: Plan, space: Space
) -> bool:
    """Whether the new files fit beside the old ones.

    Full when they would not fit in their place either, before anything has been touched.
    """

    def taken(names: tuple[str, ...]) -> int:
        return sum(_blocks(found[name].size, space) for name in names if name in found)

    need = sum(_blocks(len(wanted[name]), space) for name in todo.send) + space.spare
    half_sent = tuple(name for name in todo.remove if name.endswith(NEW))
    free = space.free // space.block + taken(half_sent)
    if need <= free:
        return True
    free += taken(todo.send) + taken(todo.remove) - taken(half_sent)
    if need <= free:
        return False
    if need > space.total // space.block:
        raise Full(
            f"the firmware takes {need * space.block // 1024} KB, and the board's filesystem has "
            f"{space.total // 1024} KB in all: leave something out of the tree"
        )
    others = sorted(
        ((entry.size, name) for name, entry in found.items() if not own(wanted, name)),
        reverse=True,
    )
    largest = ", ".join(f"{name} ({size} bytes)" for size, name in others[:3])
    raise Full(
        f"the board's filesystem of {space.total // 1024} KB is full: "
        f"{need * space.block // 1024} KB are needed, {free * space.block // 1024} KB can be had: "
        + (f"remove files of your own, the largest being {largest}" if others else "use --format")
    )


def apply(
    board: Repl,
    wanted: dict[str, bytes],
    found: dict[str, OnBoard],
    todo: Plan,
    space: Space,
    progress: Progress,
) -> None:
    """Carries the plan out and verifies it.

    `found` is what contents() told. Full when it does not fit; PatrolError when the board does not
    hold what it got.
    """
    both = has_room_for_both(wanted, found, todo, space)
    total = sum(len(wanted[name]) for name in {*todo.send, START} if name in wanted)
    done = 0

    def sent(n: int) -> None:
        nonlocal done
        done += n
        progress("sending", done, total)

    send = [name for name in todo.send if name != START]
    half_sent = [name for name in todo.remove if name.endswith(NEW)]
    # The old firmware's, and main.py before all else: what is left must not start.
    old = [START, *(name for name in todo.remove if name not in half_sent)]
    try:
        _remove(board, half_sent)
        if not both:
            _remove(board, [name for name in (*old, *send) if name in found])
        for name in send:
            board.write_file(f"{ROOT}/{_beside(name)}", wanted[name], sent)
        _verify(board, {_beside(name): wanted[name] for name in send}, progress)
        if both:
            _remove(board, [name for name in old if name in found])
        _rename(board, send)
        _verify(board, {n: data for n, data in wanted.items() if n != START}, progress)
        if START in wanted:
            board.write_file(f"{ROOT}/{_beside(START)}", wanted[START], sent)
            _rename(board, [START])
        _verify(board, wanted, progress)
    except BoardError as error:
        if any(word in error.name for word in ENOSPC):
            raise PatrolError(
                f"the filesystem of the board at {board.port} is full: remove files of your own "
                "from it and run again; until then it starts in safe mode"
            ) from None
        raise


def _beside(name: str) -> str:
    return PurePosixPath(name).stem + NEW


def _remove(board: Repl, names: list[str]) -> None:
    if names:
        paths = [f"{ROOT}/{name}" for name in dict.fromkeys(names)]
        board.run(f"import os\nfor p in {paths!r}: os.remove(p)\nos.sync()\ndel p", WRITE_S)


def _rename(board: Repl, names: list[str]) -> None:
    """Lets each file that was written beside an old one take its place."""
    if names:
        pairs = [(f"{ROOT}/{_beside(name)}", f"{ROOT}/{name}") for name in names]
        board.run(f"import os\nfor p in {pairs!r}: os.rename(*p)\nos.sync()\ndel p", WRITE_S)


def _verify(board: Repl, wanted: dict[str, bytes], progress: Progress) -> None:
    progress("verifying", 0, 0)
    board.run("import os\nos.sync()", WRITE_S)
    wrong = plan(wanted, contents(board).files).send
    if wrong:
        raise PatrolError(
            f"{wrong[0]} arrived damaged at {board.port}"
            + (f", and {len(wrong) - 1} more" if len(wrong) > 1 else "")
            + ": run again; until then the board starts in safe mode"
        )
