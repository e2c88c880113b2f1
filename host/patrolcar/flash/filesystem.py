"""The board's filesystem as a whole: made littlefs 2 or a FAT, or anew with a person's files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from patrolcar.errors import PatrolError
from patrolcar.flash.contents import ROOT, About, Listing, Space, about, contents
from patrolcar.flash.fat import ENTRY, Fat, entries_of, fitted, root_entries
from patrolcar.flash.keep import Files, Kept
from patrolcar.flash.repl import BoardError, Repl
from patrolcar.flash.sync import Progress, plan

MAKE_S = 60.0  # every sector may have to be erased
# LFS_ERR_CORRUPT and LFS_ERR_IO of littlefs 2, and what a FAT with a bad chain gives. MicroPython
# writes "OSError: 84", "OSError: [Errno 5] EIO", and a name that is garbage is a UnicodeError.
DAMAGE = re.compile(r"OSError: \D*(84|5)\b|OSError: .*\b(EIO|EILSEQ)\b|UnicodeError\b")

# Why a filesystem is made anew, after "the filesystem of the board at ...".
DAMAGED = "was damaged and was made anew"
CRAMPED = "was made anew with a small root directory, as the firmware needs the room"
CUT_OFF = "was made anew, as an earlier run that did so was cut off"

# As MicroPython's documentation has it (reference/filesystem, "Littlefs" on the pyboard).
_UMOUNT = """
import os, pyb
try:
    os.umount('/flash')
except OSError:
    pass
"""
_LITTLEFS = "os.VfsLfs2.mkfs(pyb.Flash(start=0))"
_MOUNT = """
os.mount(pyb.Flash(start=0), '/flash')
os.chdir('/flash')
"""
_SIZE = "import pyb\nf = pyb.Flash(start=0)\nprint((f.ioctl(4, 0), f.ioctl(5, 0)))\ndel f"
_OPEN = "f = pyb.Flash(start=0)\nb = bytes(f.ioctl(5, 0))"
_WRITE = "if f.writeblocks({number}, {data}): raise OSError(5)"
_CLOSE = "f.ioctl(3, 0)\ndel f, b"


def question(board: Repl, told: About, kept: Kept) -> str:
    """What a person should know before everything on the filesystem is erased."""
    files = contents(board).files if told.mounted else {}
    only = "" if told.can_littlefs else " and makes a FAT, its MicroPython having no littlefs 2"
    cut = f", and those that a run which was cut off has left in {kept.path}" * kept.there
    return (
        f"This erases the filesystem of {told.machine} at {board.port}, with all of its "
        f"{len(files)} files{cut}{only}. Go on?"
    )


def make_littlefs(board: Repl, told: About) -> None:
    """Makes the filesystem an empty littlefs 2; a FAT where the board's build has only that."""
    if told.can_littlefs:
        _unmount(board)
        board.run(_LITTLEFS + _MOUNT, MAKE_S)
    else:
        make_fat(board)


def make_fat(board: Repl, names: Iterable[str] = ()) -> None:
    """Makes the filesystem an empty FAT, with room for these names in its root directory."""
    blocks = fat_of(board, names).blocks()
    _unmount(board)
    board.run(_OPEN)
    for number, data in enumerate(blocks):
        board.run(_WRITE.format(number=number, data=repr(data) if any(data) else "b"), MAKE_S)
    board.run(_CLOSE + _MOUNT, MAKE_S)


def _unmount(board: Repl) -> None:
    """Closes whatever is open on the filesystem, by emptying the heap, and takes it away.

    A file that a run which was cut off has left open would be closed by a later collection, on
    another filesystem than its own, and the board prints that error in the midst of an answer.
    """
    board.soft_reset()
    board.run(_UMOUNT)


def fat_of(board: Repl, names: Iterable[str]) -> Fat:
    """The FAT that the board's flash can be, with these names in its root directory."""
    match board.value(_SIZE):
        case (int(sectors), int(sector)):
            return fitted(sectors, sector, root_entries(names))
        case answer:
            raise PatrolError(f"the board at {board.port} has a flash of {answer!r:.60}")


def room_anew(board: Repl, told: About, theirs: Listing) -> Space | None:
    """The room on a FAT that is made anew, a person's files being back; None for no FAT."""
    if told.littlefs is not False:
        return None
    made = fat_of(board, _top(theirs))
    taken = [entry.size for entry in theirs.files.values()]
    for folder in theirs.folders:
        inner = [PurePosixPath(name) for name in (*theirs.files, *theirs.folders)]
        names = [path.name for path in inner if path.parent == PurePosixPath(folder)]
        taken.append(ENTRY * (2 + entries_of(names)))  # of them two for itself and its parent
    free = made.clusters - sum(-(-size // made.block) for size in taken)
    return Space(made.block, made.clusters * made.block, max(0, free) * made.block, 0)


def _top(theirs: Listing | Files) -> list[str]:
    """What of it has its place in the root directory."""
    return [name for name in (*theirs.files, *theirs.folders) if "/" not in name]


def require_filesystem(board: Repl, told: About, progress: Progress) -> About:
    """Makes a filesystem where a cut has left none that can be mounted: nothing in it can be read.

    PatrolError when that fails.
    """
    if told.mounted:
        return told
    progress("making a new filesystem, the old one being broken", 0, 0)
    return _make(board, told, ())


def _make(board: Repl, told: About, names: Iterable[str]) -> About:
    try:
        if told.can_littlefs and told.littlefs is not False:
            make_littlefs(board, told)
        else:
            make_fat(board, names)
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
    board: Repl,
    told: About,
    mine: Callable[[str], bool],
    kept: Kept,
    why: str,
    progress: Progress,
) -> tuple[About, str]:
    """Makes a filesystem anew, with those files that are a person's own and can be read.

    `mine` tells whether a file is the firmware's. The others, and what an earlier run has `kept`
    of the board, are kept then; until the firmware is there as well, as a cut while that is
    written takes what else lies in a sector of the flash. What happened and `why`, in a line for
    the person, comes second. PatrolError: a file does not arrive, here or there.
    """
    progress("saving your files", 0, 0)
    found = contents(board)
    theirs = kept.read()
    lost = [name for name in found.damaged if not mine(name)]
    for name, entry in found.files.items():
        if mine(name) or name in theirs.files:  # what a cut left of a file is not that file
            continue
        try:
            theirs.files[name] = board.read_file(f"{ROOT}/{name}")
        except BoardError:
            if why == CRAMPED:
                raise
            lost.append(name)
            continue
        if plan({name: theirs.files[name]}, {name: entry}).send:
            raise PatrolError(
                f"{name} arrived damaged from the board at {board.port}: run again; it was left "
                "as it is"
            )
    if not lost:  # else a folder may be garbage
        theirs.folders |= set(found.folders)
    theirs.folders |= {
        parent.as_posix() for name in theirs.files for parent in PurePosixPath(name).parents
    } - {"."}
    if theirs:
        kept.save(theirs)
    progress("making the filesystem anew", 0, 0)
    told = _make(board, told, _top(theirs))
    _put_back(board, theirs, kept, progress)
    note = f"the filesystem of the board at {board.port} {why}"
    if theirs.files:
        note += f", {len(theirs.files)} files of yours are back"
    if lost := [name for name in lost if name not in theirs.files]:
        note += f", lost are {', '.join(map(_shown, lost))}"
    return told, note


def _put_back(board: Repl, theirs: Files, kept: Kept, progress: Progress) -> None:
    total = sum(map(len, theirs.files.values()))
    done = 0

    def sent(n: int) -> None:
        nonlocal done
        done += n
        progress("putting your files back", done, total)

    try:
        for folder in sorted(theirs.folders):
            board.run(f"import os\nos.mkdir({f'{ROOT}/{folder}'!r})")
        for name, data in theirs.files.items():
            board.write_file(f"{ROOT}/{name}", data, sent)
        board.run("import os\nos.sync()", MAKE_S)
        wrong = plan(theirs.files, contents(board).files).send
        reason = f"{wrong[0]} does not read back" if wrong else ""
    except BoardError as error:
        reason = error.name
    if reason:
        raise PatrolError(
            f"your files of the board at {board.port} could not be put back ({reason}): they are "
            f"kept in {kept.path}: run again, or move that away"
        )


def _shown(name: str) -> str:
    """A name on the board for a line of text."""
    return name if name.isprintable() and name else repr(name)
