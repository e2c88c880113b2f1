"""Flashing a board in one go: compile for its processor, copy with mpremote, start."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from patrolcar.flash.arch import decode
from patrolcar.flash.build import Build, build
from patrolcar.flash.copy import board_mpy, copy_tree, reset


def flash(port: str, progress: Callable[[str], None]) -> Build:
    """Puts the firmware onto the board at a REPL port and resets it; what was built.

    `progress` is told of each step. PatrolError where the board does not answer or is full.
    """
    with tempfile.TemporaryDirectory(prefix="patrol-flash-") as scratch:
        progress("compiling for the board's processor")
        made = build(Path(scratch) / "build", decode(board_mpy(port)))
        progress(f"copying {made.files} files, {made.size / 1024:.0f} KB")
        copy_tree(port, made.folder)
    progress("starting")
    reset(port)
    return made
