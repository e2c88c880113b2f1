"""The suite for any MicroPython at a serial port: `pytest tests/board --port /dev/ttyACM0`.

Without --port it runs on a virtual board with an empty flash. The firmware is compiled for the
board's own processor and imported from the host through mpremote's file server, so the board's
filesystem is left as it was. Pins, timers and buses that a MicroPython lacks are sent along
(stand_ins/); where it has them they are real, and the car stays disarmed: motors have no power.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from on_board import OnBoard
from patrolcar.flash.repl import Repl
from patrolcar_sim.powered import Powered


@pytest.fixture(scope="session")
def board(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OnBoard]:
    folder = tmp_path_factory.mktemp("board")
    with contextlib.ExitStack() as stack:
        port = request.config.getoption("--port")
        if port is None:
            port = stack.enter_context(Powered(folder / "flash.img")).repl
        repl = stack.enter_context(Repl(port))
        yield OnBoard(repl, folder)
        repl.reset()  # what is on the board starts again
