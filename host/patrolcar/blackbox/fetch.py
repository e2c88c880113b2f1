"""Fetches black boxes through a board's REPL."""

from __future__ import annotations

from patrolcar.blackbox.box import Box, Part, boxes, part
from patrolcar.errors import PatrolError
from patrolcar.flash.greeting import read_prompt
from patrolcar.flash.repl import BoardError, Repl

START_S = 5.0  # until the car runs again, so that the next command finds it so
READ_S = 60.0  # 48 KB of them in hex, at 115200 baud

_WITH_LOG = """
import board
from patrol.store import box
from patrol.store.log import Log
box.{action}(Log(board.SETTINGS))
"""


def parse(answer: str, port: str) -> list[Box]:
    """The boxes in what the board printed, oldest first."""
    found: list[Part] = []
    for line in answer.splitlines():
        words = line.split()
        if words[:1] == ["box"] and len(words) == 4:
            found.append(part(int(words[1]), int(words[2]), bytes.fromhex(words[3])))
        elif words[:1] == ["trouble"]:
            raise PatrolError(f"the board at {port} keeps no black boxes: {line[8:]}")
    return boxes(found)


def fetch(port: str, *, clear: bool = False) -> list[Box]:
    """What the board at a REPL port has kept; its program is stopped, and started by a reset.

    `clear` marks them as read. PatrolError where no board answers, or one without a store.
    """
    with Repl(port) as board:
        try:
            found = parse(board.run(_WITH_LOG.format(action="dump"), READ_S), port)
            if clear and found:
                parse(board.run(_WITH_LOG.format(action="clear"), READ_S), port)
        except BoardError as error:
            if error.name.startswith(("ImportError", "AttributeError")):
                raise PatrolError(
                    f"the firmware at {port} has no black box ({error.name}): "
                    "put the present one there with patrol flash"
                ) from None
            raise
        finally:
            board.reset()
            read_prompt(board, START_S)
    return found
