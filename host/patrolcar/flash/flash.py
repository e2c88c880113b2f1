"""Flashing a board in one go: compile for its processor, send what changed, verify, start."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import platformdirs

from patrolcar.errors import PatrolError
from patrolcar.flash.arch import decode
from patrolcar.flash.build import Build, board_data, boards, build
from patrolcar.flash.contents import About, Listing, about, contents
from patrolcar.flash.filesystem import (
    CRAMPED,
    CUT_OFF,
    DAMAGED,
    is_damage,
    make_littlefs,
    mend,
    question,
    require_filesystem,
    room_anew,
)
from patrolcar.flash.greeting import Greeting, hear, read_prompt
from patrolcar.flash.keep import Kept
from patrolcar.flash.pack import packed
from patrolcar.flash.preserve import Preserved
from patrolcar.flash.repl import BoardError, Repl
from patrolcar.flash.sync import (
    Full,
    Plan,
    Progress,
    Refused,
    apply,
    has_room_for_both,
    own,
    plan,
    read_tree,
    refuse_hiding,
)
from patrolcar.link.connection import Connection, connect
from patrolcar.link.ports import telemetry_beside

_FORGIVE = """
import board, pack
pack.mount()
from patrol.store import crash
from patrol.store.log import Log
_log = Log(board.SETTINGS)
if crash.early(_log):
    crash.forgive(_log)
del _log
"""
NEEDED = {"boot", "main", "safe", "pack", "board"}  # what boots a board, whatever else it has


@dataclass(frozen=True)
class Options:
    """What `patrol flash` was asked for.

    `board` None goes by what the board calls itself; `telemetry` None by the port beside the
    REPL's, if any.
    """

    board: str | None = None
    source: bool = False
    littlefs: bool = False
    telemetry: str | None = None
    tree: Path | None = None


@dataclass(frozen=True)
class Flashed:
    """What was done to a board."""

    board: str
    about: About
    build: Build
    plan: Plan
    size: int  # bytes on the board
    note: str | None  # what a person should know of it

    def line(self) -> str:
        """One line for a person."""
        todo = self.plan
        return (
            f"{self.board}: {self.build.files} modules in {self.size / 1024:.0f} KB; files: "
            f"{len(todo.send)} sent, {len(todo.remove)} removed, {todo.keep} as they were"
        )


def choose_board(machine: str, wanted: str | None, tree: Path | None = None) -> str:
    """The board's name: what it calls itself decides, `wanted` where that is not known.

    PatrolError (2) for an unknown name, for another board than the one that is there, and where
    neither tells.
    """
    names = boards(tree)
    if wanted is not None or not names:
        board_data(wanted or "", tree)
    known: dict[str, str] = {}
    broken: list[PatrolError] = []
    for name in names:
        try:
            known[name] = board_data(name, tree)["MACHINE"]
        except PatrolError as error:
            broken.append(error)
    found = next((name for name, text in known.items() if text == machine), None)
    if wanted is None and found is None and broken:
        raise broken[0]  # which may be this board's
    if wanted is None:
        if found is None:
            raise PatrolError(
                f"the board calls itself {machine!r}, which is none of {', '.join(known)}: "
                "pass --board with the one that it is wired like",
                2,
            )
        return found
    if found is not None and found != wanted:
        raise PatrolError(
            f"board {wanted} was asked for, but the board calls itself {machine!r}, which is "
            f"{found}: pass --board {found}, or another port",
            2,
        )
    return wanted


def state_dir() -> Path:
    """Where settings and files of boards are kept while they are flashed."""
    return Path(platformdirs.user_state_dir("patrolcar", appauthor=False))


def transfer(
    board: Repl,
    options: Options,
    progress: Progress,
    confirm: Callable[[str], bool] = lambda question: True,
) -> Flashed:
    """Puts the firmware onto the board behind a REPL, which then waits at its prompt.

    `progress` is told of each step; `confirm` is asked before a filesystem is made anew.
    PatrolError where the board does not answer, is full or is another one.
    """
    progress("asking the board", 0, 0)
    told = about(board)
    if told.card:
        raise PatrolError(
            f"an SD card is in the board at {board.port}, and MicroPython boots from that: "
            "take it out and reset the board"
        )
    name = choose_board(told.machine, options.board, options.tree)
    progress(f"compiling for {name}", 0, 0)
    with tempfile.TemporaryDirectory(prefix="patrol-flash-") as scratch:
        made = build(
            Path(scratch) / "build",
            decode(told.mpy),
            options.tree,
            board=name,
            source=options.source,
        )
        wanted = packed(read_tree(made.folder))
    missing = NEEDED - {PurePosixPath(file).stem for file in wanted}
    if missing:
        raise PatrolError(
            f"{options.tree or 'the firmware'} lacks {', '.join(sorted(missing))}: without it "
            "nothing keeps the motors off, or no module is found",
            2,
        )
    preserved = Preserved(
        board, board_data(name, options.tree), told.unique_id, state_dir() / "settings"
    )
    kept = Kept(state_dir() / "files", told.unique_id)
    if options.littlefs:
        if not confirm(question(board, told, kept)):
            raise PatrolError(f"the board at {board.port} was left as it is")
        progress("making the filesystem", 0, 0)
        kept.drop()
        make_littlefs(board, told)
        told = about(board)
    told = require_filesystem(board, told, progress)
    note = todo = None
    why = CUT_OFF if kept.there else None
    if why is None:
        try:
            todo = _bring(board, wanted, told, progress)
            why = DAMAGED if todo is None else None
        except Full:
            if not _fits_anew(board, wanted, told):
                raise
            why = CRAMPED
    if why is not None:
        told, note = mend(board, told, lambda file: own(wanted, file), kept, why, progress)
        try:
            todo = _bring(board, wanted, told, progress)
        except Refused:
            kept.drop()
            raise
    if todo is None:
        raise PatrolError(f"the flash of the board at {board.port} cannot be read any more")
    kept.drop()
    preserved.restore()
    forgive(board)
    return Flashed(name, told, made, todo, sum(map(len, wanted.values())), note)


def _fits_anew(board: Repl, wanted: dict[str, bytes], told: About) -> bool:
    """Whether the firmware, which does not fit, would with a filesystem of the same kind that is
    made anew. False for littlefs 2, which has no room to gain; Full for a FAT that is too small.
    """
    found = contents(board)
    theirs = {name: entry for name, entry in found.files.items() if not own(wanted, name)}
    space = room_anew(board, told, Listing(theirs, found.folders, []))
    if space is None:
        return False
    has_room_for_both(wanted, theirs, plan(wanted, theirs), space)
    return True


def forgive(board: Repl) -> None:
    """Crashes of the past keep no firmware from starting that has just been verified.

    Their records stay, for `patrol crash`.
    """
    with contextlib.suppress(BoardError):
        board.run(_FORGIVE)


def _bring(board: Repl, wanted: dict[str, bytes], told: About, progress: Progress) -> Plan | None:
    """Makes the board's files what is wanted; what was done. None: its filesystem is damaged."""
    progress("comparing", 0, 0)
    try:
        found = contents(board)
        if found.damaged or told.space is None:
            return None
        refuse_hiding(found.folders, board.port)
        for name in sorted(wanted.keys() & set(found.folders)):
            raise Refused(
                f"{name} on the board at {board.port} is a folder, where a file of the firmware "
                f"belongs: remove it (mpremote connect {board.port} rm -r :{name}) and run again"
            )
        todo = plan(wanted, found.files)
        if not todo.nothing:
            apply(board, wanted, found.files, todo, told.space, progress)
        return todo
    except BoardError as error:
        if is_damage(error):
            return None
        raise


def start(board: Repl, link: Connection | None, progress: Progress) -> Greeting | None:
    """Resets the board; what the car says then, over its telemetry or else at its prompt.

    None when it prints nothing. PatrolError when there is a link and it stays silent.
    """
    progress("starting", 0, 0)
    board.reset()
    return read_prompt(board) if link is None else hear(link)


def flash(
    port: str,
    options: Options,
    progress: Progress,
    confirm: Callable[[str], bool] = lambda question: True,
) -> tuple[Flashed, Greeting | None]:
    """Flashes the board at a REPL port and starts it; see `transfer` and `start`.

    The telemetry port is opened before anything is touched. Where the board is not flashed after
    all, it is reset: what it has goes on.
    """
    uri = telemetry_beside(port) if options.telemetry is None else options.telemetry
    if uri is not None and os.path.realpath(uri) == os.path.realpath(port):
        raise PatrolError(f"telemetry port {uri} is the REPL's own: pass the car's UART", 2)
    with contextlib.ExitStack() as stack:
        link = None if uri is None else stack.enter_context(connect(uri))
        board = stack.enter_context(Repl(port))
        try:
            done = transfer(board, options, progress, confirm)
        except (PatrolError, KeyboardInterrupt):
            with contextlib.suppress(PatrolError):
                board.interrupt()
                board.reset()
            raise
        return done, start(board, link, progress)
