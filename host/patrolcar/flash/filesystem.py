"""The board's filesystem as a whole: making it littlefs 2, and making one where none is left."""

from __future__ import annotations

from patrolcar.errors import PatrolError
from patrolcar.flash.contents import About, about, contents
from patrolcar.flash.repl import BoardError, Repl
from patrolcar.flash.sync import Progress

MAKE_S = 60.0  # every sector may have to be erased

# As MicroPython's documentation has it (reference/filesystem, "Littlefs" on the pyboard).
_MAKE = """
import os, pyb
try:
    os.umount('/flash')
except OSError:
    pass
os.{kind}.mkfs(pyb.Flash({start}))
os.mount(pyb.Flash({start}), '/flash')
os.chdir('/flash')
"""


def question(board: Repl, told: About) -> str:
    """What a person should know before everything on the filesystem is erased."""
    files = contents(board)[0] if told.space is not None else {}
    return (
        f"This erases the filesystem of {told.machine} at {board.port}, with all of its "
        f"{len(files)} files. Go on?"
    )


def make_littlefs(board: Repl, told: About) -> None:
    """Makes the filesystem an empty littlefs 2. PatrolError where the board's build has none."""
    if not told.can_littlefs:
        raise PatrolError(
            f"the MicroPython of the board at {board.port} ({told.machine}) is built without "
            "littlefs 2: leave out --format, its FAT filesystem will do"
        )
    board.run(_MAKE.format(kind="VfsLfs2", start="start=0"), MAKE_S)


def require_filesystem(board: Repl, told: About, progress: Progress) -> About:
    """Makes a filesystem where a cut has left none that can be mounted: nothing in it can be read.

    PatrolError when that fails.
    """
    if told.space is not None:
        return told
    progress("making a new filesystem, the old one being broken", 0, 0)
    try:
        if told.can_littlefs:
            make_littlefs(board, told)
        else:
            board.run(_MAKE.format(kind="VfsFat", start=""), MAKE_S)
    except BoardError as error:
        raise PatrolError(
            f"the board at {board.port} has no filesystem and none could be made "
            f"({error.name}): reset it and run again"
        ) from None
    return about(board)
