"""The board's filesystem as a whole: made littlefs 2, or anew where a cut has ruined it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from patrolcar.errors import PatrolError
from patrolcar.flash.contents import ROOT, About, about, contents
from patrolcar.flash.repl import BoardError, Repl
from patrolcar.flash.sync import Progress

MAKE_S = 60.0  # every sector may have to be erased
# LFS_ERR_CORRUPT and LFS_ERR_IO of littlefs 2, and what a FAT with a bad chain gives. MicroPython
# writes "OSError: 84", "OSError: [Errno 5] EIO", and a name that is garbage is a UnicodeError.
DAMAGE = re.compile(r"OSError: \D*(84|5)\b|OSError: .*\b(EIO|EILSEQ)\b|UnicodeError\b")

# As MicroPython's documentation has it (reference/filesystem, "Littlefs" on the pyboard).
_MAKE = """
import os, pyb
try:
    os.umount('/flash')
except OSError:
    pass
os.{kind}.mkfs(pyb.Flash(start=0))
os.mount(pyb.Flash(start=0), '/flash')
os.chdir('/flash')
"""


def question(board: Repl, told: About) -> str:
    """What a person should know before everything on the filesystem is erased."""
    files = contents(board).files if told.mounted else {}
    only = "" if told.can_littlefs else " and makes a FAT, its MicroPython having no littlefs 2"
    return (
        f"This erases the filesystem of {told.machine} at {board.port}, with all of its "
        f"{len(files)} files{only}. Go on?"
    )


def make_littlefs(board: Repl, told: About) -> None:
    """Makes the filesystem an empty littlefs 2; a FAT where the board's build has only that."""
    board.run(_MAKE.format(kind="VfsLfs2" if told.can_littlefs else "VfsFat"), MAKE_S)


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
            board.run(_MAKE.format(kind="VfsFat"), MAKE_S)
    except BoardError as error:
        raise PatrolError(
            f"the board at {board.port} has no filesystem and none could be made "
            f"({error.name}): reset it and run again"
        ) from None
    return about(board)


def is_damage(error: BoardError) -> bool:
    """Whether an error on the board says that its filesystem is damaged."""
    return DAMAGE.match(error.name) is not None


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
        note += f", lost are {', '.join(map(_shown, lost))}"
    return told, note


def _shown(name: str) -> str:
    """A name on the board for a line of text."""
    return name if name.isprintable() and name else repr(name)
