"""A flash image with the firmware on it, copied there by the real mpremote."""

from __future__ import annotations

import threading
from pathlib import Path

from board_bench import StubCar
from patrolcar.flash import build, copy
from patrolcar.flash.arch import decode
from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel


def flash(folder: Path, model: BoardModel = DEFAULT_MODEL) -> Path:
    """Builds the firmware for the virtual board and copies it; the image."""
    image = folder / "flash.img"
    board = VirtualBoard(StubCar(), image, model=model)
    stopped = threading.Event()

    def serve() -> None:
        with board:
            board.run(1 << 60, stopped.is_set)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert board.repl is not None
        port = board.repl.pty
        tree = folder / "build"
        build.build(tree, decode(copy.board_mpy(port)), board=model.name)
        copy.copy_tree(port, tree)
    finally:
        stopped.set()
        thread.join()
    return image
