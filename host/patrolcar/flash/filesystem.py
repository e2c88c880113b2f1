"""The board's filesystem as a whole: made littlefs 2, or anew where a cut has ruined it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from patrolcar.errors import PatrolError
from patrolcar.flash.contents import ROOT, About, about, contents
from patrolcar.flash.repl import BoardError, Repl
from patrolcar.flash.sync import Progress

MAKE_S = 60.0  # every sector may have to be erased
DAMAGE = ("84", "EILSEQ", "5", "EIO")  # littlefs 2's LFS_ERR_CORRUPT and LFS_ERR_IO

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
    files = contents(board).files if told.mounted else {}
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
    if told.mounted:
        return told
    progress("making a new filesystem, the old one being broken", 0, 0)
    return _make(board, told)


def _make(board: Repl, told: About) -> About:
    try:
        if told.can_littlefs and told.littlefs is not False:
            make_littlefs(board, told)
        else:
            board.run(_MAKE.format(kind="VfsFat", start=""), MAKE_S)
    except BoardError as error:
        raise PatrolError(
            f"the board at {board.port} has no filesystem and none could be made "
            f"({error.name}): reset it and run again"
        ) from None
    return about(board)


def is_damage(error: BoardError) -> bool:
    """Whether an error on the board says that its filesystem is damaged."""
    return error.name.removeprefix("OSError: ").removeprefix("[Errno ").split("]")[0] in DAMAGE


def mend(
    board: Repl, told: About, mine: Callable[[str], bool], folder: Path, progress: Progress
) -> tuple[About, str]:
    """Makes a damaged filesystem anew, with those files that are a person's own and can be read.

    `mine` tells whether a file is the firmware's. The others are kept in `folder` of this machine
    until they are back. What happened, in a line for the person, comes second.
    """
    progress("mending the filesystem", 0, 0)
    found = contents(board)
    kept = {}
    lost = [name for name in found.damaged if not mine(name)]
    folder = folder / told.unique_id
    for name in found.files:
        if mine(name):
            continue
        try:
            kept[name] = board.read_file(f"{ROOT}/{name}")
        except BoardError:
            lost.append(name)
            continue
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(kept[name])
    told = _make(board, told)
    folders = {parent for name in kept for parent in PurePosixPath(name).parents}
    for inner in sorted(folders - {PurePosixPath(".")}):
        board.run(f"import os\nos.mkdir({f'{ROOT}/{inner}'!r})")
    for name, data in kept.items():
        board.write_file(f"{ROOT}/{name}", data)
    shutil.rmtree(folder, ignore_errors=True)
    note = f"the filesystem of the board at {board.port} was damaged and was made anew"
    if kept:
        note += f", {len(kept)} files of yours are back"
    if lost:
        note += f", lost are {', '.join(lost)}"
    return told, note
