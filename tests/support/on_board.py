"""The firmware on whatever MicroPython is at a serial port, for tests/board."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from patrolcar.flash.arch import decode
from patrolcar.flash.build import DEFAULT_BOARD, board_data, boards, build
from patrolcar.flash.repl import Repl

SUITE = Path(__file__).parents[1] / "board"
_ABOUT = """
import struct, sys
def _has(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False
i = sys.implementation
print((getattr(i, '_machine', ''), getattr(i, '_mpy', 0), struct.calcsize('P') == 8,
       _has('pyb') and _has('stm'), _has('profiler')))
"""


class OnBoard:
    """The board, with the firmware in its current directory and a fresh heap for each `session`.

    `modules` are the firmware's files, by name; `wide` tells a 64-bit heap; `real` that pins and
    timers are the board's own; `charged` that a profiler of the board's charges each task's time.
    """

    def __init__(self, repl: Repl, folder: Path) -> None:
        self.repl = repl
        repl.soft_reset()
        self.machine, mpy, self.wide, self.real, self.charged = repl.value(_ABOUT)
        names = [n for n in boards() if board_data(n).get("MACHINE") == self.machine]
        march, name = decode(mpy), (names or [DEFAULT_BOARD])[0]
        self.folder = build(folder / "firmware", march, board=name)
        self.apart = build(folder / "apart", march, board=name, apart=True)
        root = self.folder.folder
        self.modules = sorted(
            ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            for path in root.rglob("*.mpy")
        )
        if not self.real:
            for made in (self.folder, self.apart):
                shutil.copytree(SUITE / "stand_ins", made.folder, dirs_exist_ok=True)

    @contextlib.contextmanager
    def session(self, probe: str = "", apart: bool = False) -> Iterator[OnBoard]:
        """A fresh heap, the firmware to import, and a probe's functions.

        `apart`: each module of the firmware is a file of its own.
        """
        self.repl.soft_reset()
        with self.repl.mounted((self.apart if apart else self.folder).folder):
            self.repl.run("import gc\ngc.threshold(8192)")  # as boot.py has it
            if probe:
                self.repl.run((SUITE / "probes" / f"{probe}.py").read_text())
            yield self

    def value(self, expression: str, timeout_s: float = 120.0) -> Any:
        """What an expression is on the board."""
        return self.repl.value(f"print(repr({expression}))", timeout_s)
