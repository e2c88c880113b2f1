"""A virtual board in a thread of its own, until its power is cut."""

from __future__ import annotations

import threading
from pathlib import Path

from patrolcar_sim.board.board import VirtualBoard
from patrolcar_sim.board.models import DEFAULT_MODEL, BoardModel
from patrolcar_sim.stub_car import StubCar

STEP_US = 50_000
STOP_S = 60.0


class Powered:
    """A board with a stub car, at full speed, with its ports; off when it is left.

    `cut_us` is the virtual time at which its power fails. What went wrong in the thread is raised
    when it is left.
    """

    def __init__(self, image: Path, model: BoardModel = DEFAULT_MODEL) -> None:
        self.board = VirtualBoard(StubCar(), image, model=model)
        self.cut_us = 1 << 60
        self._off = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        board = self.board
        try:
            with board:
                while not self._off.is_set() and board.now_us < self.cut_us:
                    board.run(min(self.cut_us, board.now_us + STEP_US), self._off.is_set)
        except BaseException as error:
            self._error = error

    def __enter__(self) -> Powered:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._off.set()
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            raise RuntimeError(f"the virtual board does not stop within {STOP_S:.0f} s")
        if self._error is not None:
            raise self._error

    @property
    def repl(self) -> str:
        """The REPL's terminal device."""
        assert self.board.repl is not None
        return self.board.repl.pty

    @property
    def uart(self) -> str:
        """The telemetry's terminal device."""
        assert self.board.uart is not None
        return self.board.uart.pty
