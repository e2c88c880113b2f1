"""Keeping a board in step with the firmware's tree: send on save, reset, show what it prints."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from watchfiles import watch

from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir, require_tree
from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.places import told
from patrolcar.flash.repl import Repl
from patrolcar.flash.sync import Progress

LOOK_S = 0.2

Shown = Callable[[], AbstractContextManager[Progress]]


class Changes:
    """A thread that notices saved files of a tree, while this is entered."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        self._names: set[str] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._ended: Exception | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Changes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(2.0)

    def _watch(self) -> None:
        try:
            for changes in watch(
                self._tree, stop_event=self._stop, step=50, raise_interrupt=False
            ):
                with self._lock:
                    self._names |= {str(Path(path).relative_to(self._tree)) for _, path in changes}
        except Exception as error:  # whatever it is, nobody would hear of it here
            self._ended = error

    def take(self) -> list[str]:
        """What was saved, made or removed since the last call. PatrolError when nobody watches."""
        if not self._thread.is_alive():
            raise PatrolError(
                f"{self._tree} is not watched any more ({self._ended}): start patrol dev again"
            )
        with self._lock:
            names, self._names = sorted(self._names), set()
        return names


def develop(
    port: str,
    options: Options,
    shown: Shown,
    say: Callable[[str], None],
    show: Callable[[str], None],
) -> None:
    """Flashes, and again whenever a file is saved, until it is interrupted.

    `shown` shows the progress of a flash while it is entered. `say` is told what happens here,
    `show` gets each line that the car prints. A file that does not compile is told, and the car
    goes on with what it has. PatrolError when the port is gone.
    """
    tree = require_tree(options.tree or firmware_dir())
    with Changes(tree) as changes, Repl(port) as board:
        places = _update(board, options, shown, say)
        while True:
            for line in board.lines(LOOK_S):
                show(told(line, places))
            saved = changes.take()
            if saved:
                say(f"saved: {', '.join(saved[:3])}{' ...' if len(saved) > 3 else ''}")
                board.interrupt()
                places = _update(board, options, shown, say) or places


def _update(board: Repl, options: Options, shown: Shown, say: Callable[[str], None]) -> bytes:
    """What tells the tracebacks of the firmware that is there now; nothing where it stayed."""
    places = b""
    try:
        with shown() as progress:
            done = transfer(board, options, progress)
        places = done.build.places
        say(done.line())
        if done.note:
            say(done.note)
    except PatrolError as error:
        say(str(error))
    except BaseException:  # a Ctrl-C, say, in the middle of an answer
        with contextlib.suppress(PatrolError):
            board.interrupt()
            board.reset()
        raise
    board.reset()
    return places
