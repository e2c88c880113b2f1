"""A flash image with the firmware on it, put there by `patrol flash`."""

from __future__ import annotations

from pathlib import Path

from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel
from powered import Powered


def flash(folder: Path, model: BoardModel = DEFAULT_MODEL) -> Path:
    """Builds the firmware for the virtual board and puts it there; the image."""
    image = folder / "flash.img"
    with Powered(image, model) as board, Repl(board.repl) as repl:
        transfer(repl, Options(littlefs=model.littlefs), lambda *_: None)
    return image
