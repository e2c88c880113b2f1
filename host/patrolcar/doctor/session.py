"""A board that is examined: its program is stopped, and snippets run on it by its own drivers.

with Examined(port) as board:
    board.load("common", "parts")
    board.call("switches")
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from patrolcar.errors import PatrolError
from patrolcar.flash.build import firmware_dir
from patrolcar.flash.greeting import READY_LINE, SAFE_LINE
from patrolcar.flash.lean import lean
from patrolcar.flash.repl import BoardError, Repl

BOARD_SIDE = Path(__file__).parent / "board_side"
BOOT_S = 2.0  # until the program is there to be interrupted, which prints nothing at all before
CALL_S = 30.0
ENQ, ACK = b"\x05", b"\x06"  # is the host there? it is


def with_constants(source: str) -> str:
    """The source with `car.NAME` as numbers: on the board the build has left none of the names."""
    tree = ast.parse((firmware_dir() / "patrol" / "car.py").read_text(encoding="utf-8"))
    numbers = {
        node.targets[0].id: ast.literal_eval(node.value.args[0])
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
    }
    return re.sub(
        r"\bcar\.([A-Z][A-Z0-9_]*)", lambda found: str(numbers.get(found[1], found[0])), source
    )


class Attended(Repl):
    """A REPL whose commands can ask whether the host is still there, as they must while motors
    have power: each ENQ that they print is answered, and not part of the output."""

    def _heard(self, data: bytes) -> bytes:
        if ENQ in data:
            self._transport.serial.write(ACK)
        return data.replace(ENQ, b"")


class Examined:
    """A board at its raw REPL, with an empty heap and no watchdog; it is reset at the end.

    The reset at the beginning is a hard one: a watchdog that arming started runs until then.

    Args:
        stay: leave it at the prompt.

    Raises:
        PatrolError: nobody answers at the port, or there is no firmware on the board.
    """

    def __init__(self, port: str, stay: bool = False) -> None:
        self.port = port
        self._stay = stay
        self._repl = Attended(port)

    def __enter__(self) -> Examined:
        self._repl.__enter__()
        try:
            self._repl.reset()
            for line in self._repl.lines(BOOT_S):
                if READY_LINE.match(line) or SAFE_LINE.match(line):
                    break
            self._repl.interrupt()
            self.restart()
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._let_go()

    def _let_go(self) -> None:
        """Stops what a Ctrl-C here may have left running, and lets the car boot."""
        try:
            if not self._stay:
                with contextlib.suppress(PatrolError):
                    self._repl.interrupt()
                    self._repl.reset()
        finally:
            self._repl.__exit__(None, None, None)

    def restart(self) -> None:
        """A soft reset: boot.py has made the motors safe, and nothing else runs."""
        with self.starting():
            self._repl.soft_reset()

    @contextlib.contextmanager
    def starting(self) -> Iterator[None]:
        """Firmware that hangs meanwhile is told apart from a board that is gone."""
        try:
            yield
        except BoardError:
            raise
        except PatrolError:
            self._repl.interrupt()  # PatrolError where nobody answers any more
            raise PatrolError(
                f"the firmware on the board at {self.port} does not start: "
                f"patrol flash {self.port} again"
            ) from None

    def load(self, *names: str) -> None:
        """Runs files of board_side/, so that their functions are there."""
        for name in names:
            source = (BOARD_SIDE / f"{name}.py").read_text(encoding="utf-8")
            try:
                with self.starting():
                    self._repl.run(lean(with_constants(source)))
            except BoardError as error:
                if "ImportError" in error.name or "AttributeError" in error.name:
                    raise PatrolError(
                        f"no firmware, or another one, is on the board at {self.port} "
                        f"({error.name}): patrol flash {self.port} first"
                    ) from None
                raise

    def call(self, function: str, *arguments: Any, timeout_s: float = CALL_S) -> Any:
        """What a function there returns, which must be a literal."""
        told = ", ".join(map(repr, arguments))
        return self._repl.value(f"print(repr({function}({told})))", timeout_s)

    def do(self, function: str, *arguments: Any) -> None:
        """Calls a function there for what it does."""
        told = ", ".join(map(repr, arguments))
        self._repl.run(f"{function}({told})", CALL_S)
