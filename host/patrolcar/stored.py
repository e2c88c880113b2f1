"""What a board keeps in its flash for a person to read, fetched through its REPL."""

from __future__ import annotations

from patrolcar.errors import PatrolError
from patrolcar.flash.greeting import read_prompt
from patrolcar.flash.repl import BoardError, Repl

START_S = 5.0  # until the car runs again, so that the next command finds it so
READ_S = 60.0  # 48 KB of records in hex, at 115200 baud

_WITH_LOG = """
import board
from patrol.store import {module}
from patrol.store.log import Log
{module}.{action}(Log(board.SETTINGS))
"""
Record = tuple[int, int, bytes]  # sequence, layout, payload


def records(answer: str, port: str, word: str, what: str) -> list[Record]:
    """The records in what the board printed, oldest first: lines of `word` and three more.

    PatrolError where it says that it keeps none of `what`.
    """
    found = []
    for line in answer.splitlines():
        words = line.split()
        if words[:1] == [word] and len(words) == 4:
            found.append((int(words[1]), int(words[2]), bytes.fromhex(words[3])))
        elif words[:1] == ["trouble"]:
            raise PatrolError(f"the board at {port} keeps no {what}: {line[8:]}")
    return found


def stored(port: str, module: str, what: str, *, clear: bool) -> list[Record]:
    """What that module of the firmware's store has kept, which prints `module` in each line.

    The car's program is stopped, and started by a reset. `clear` marks them as read. PatrolError
    where no board answers, or one without such a store.
    """
    with Repl(port) as board:
        try:
            answer = board.run(_WITH_LOG.format(module=module, action="dump"), READ_S)
            found = records(answer, port, module, what)
            if clear and found:
                answer = board.run(_WITH_LOG.format(module=module, action="clear"), READ_S)
                records(answer, port, module, what)
        except BoardError as error:
            if error.name.startswith(("ImportError", "AttributeError")):
                raise PatrolError(
                    f"the firmware at {port} has no {what} ({error.name}): "
                    "put the present one there with patrol flash"
                ) from None
            raise
        finally:
            board.reset()
            read_prompt(board, START_S)
    return found
