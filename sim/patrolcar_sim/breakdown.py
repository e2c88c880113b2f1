"""Where the wall time of a simulation goes, by part, for each 10 ms tick of the firmware.

profile = Breakdown(board)      # before or while it runs; the clocks themselves cost about 5 %
board.run(...)
print("\\n".join(profile.lines()))
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from patrolcar_sim.board.board import VirtualBoard

TICK_US = 10_000
FIRMWARE = "firmware in the interpreter, and the pipes"
WORLD = "physics, contacts, battery"
SONAR = "sonar rays"
DEVICES = "I2C devices"
INPUTS = "converters and counters"
LINE = "telemetry line and ground station"
REST = "lockstep and pins"
WAITED = "waited for the clock or at a prompt"


class Breakdown:
    """Puts clocks around a board's parts, for good. Time that one part spends in another is the
    other's.

    Attributes:
        spent: wall seconds by part, REST excepted.
    """

    def __init__(self, board: VirtualBoard) -> None:
        self.board = board
        self.spent = dict.fromkeys((FIRMWARE, WORLD, SONAR, DEVICES, INPUTS, LINE, WAITED), 0.0)
        self._inner = 0.0  # what the parts inside of the running one have spent
        # While a request is pending the interpreter waits, and we for something else.
        self._clock(board, "_wait", lambda: FIRMWARE if board._pending is None else WAITED)
        self._clock(board, "_reply", FIRMWARE)
        self._clock(board.world, "advance", WORLD)
        self._clock(board.world, "ping", SONAR)
        self._clock(board.pins, "i2c", DEVICES)
        self._clock(board.pins, "adc", INPUTS)
        self._clock(board.pins, "counts", INPUTS)
        self._clock(board.line, "move", LINE)
        self.restart()

    def restart(self) -> None:
        """Counts from now on."""
        for part in self.spent:
            self.spent[part] = 0.0
        self._began = time.perf_counter()
        self._began_us = self.board.now_us
        self._exchanges = self.board.exchanges

    def _clock(self, owner: object, name: str, part: str | Callable[[], str]) -> None:
        function: Callable[..., Any] = getattr(owner, name)
        clock = time.perf_counter

        def clocked(*args: Any) -> Any:
            this = part if isinstance(part, str) else part()
            outer, self._inner = self._inner, 0.0
            begin = clock()
            try:
                return function(*args)
            finally:
                took = clock() - begin
                self.spent[this] += took - self._inner
                self._inner = outer + took

        setattr(owner, name, clocked)

    def lines(self) -> list[str]:
        """A table for a person: microseconds a tick, and exchanges of the lockstep."""
        total = time.perf_counter() - self._began
        us = self.board.now_us - self._began_us
        ticks = max(us, 1) / TICK_US
        computed = total - self.spent[WAITED]
        parts = {part: spent for part, spent in self.spent.items() if part != WAITED}
        parts[REST] = total - sum(self.spent.values())
        lines = [
            f"{us / 1e6:.0f} simulated seconds in {total:.1f} s, "
            f"{self.spent[WAITED]:.1f} s of them {WAITED}",
            f"us per 10 ms tick: {computed / ticks * 1e6:.0f}",
        ]
        lines += [f"  {spent / ticks * 1e6:6.1f}  {part}" for part, spent in parts.items()]
        exchanges = (self.board.exchanges - self._exchanges) / ticks
        return [*lines, f"  {exchanges:6.2f}  exchanges between the interpreter and the world"]
