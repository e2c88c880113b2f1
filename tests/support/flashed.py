"""A flash image with the firmware on it, copied there by `patrol flash`."""

from __future__ import annotations

import threading
from pathlib import Path

from board_bench import StubCar
from patrolcar.flash.flash import Options, transfer
from patrolcar.flash.repl import Repl
from patrolcar_sim.board.board import VirtualBoard


def flash(folder: Path) -> Path:
    """Builds the firmware for the virtual board and copies it; the image."""
    image = folder / "flash.img"
    board = VirtualBoard(StubCar(), image)
    stopped = threading.Event()

    def serve() -> None:
        with board:
            board.run(1 << 60, stopped.is_set)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert board.repl is not None
        with Repl(board.repl.pty) as repl:
            transfer(repl, Options(littlefs=True), lambda *_: None)
    finally:
        stopped.set()
        thread.join()
    return image
