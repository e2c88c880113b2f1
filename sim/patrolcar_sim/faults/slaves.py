"""I2C slaves that lie: absent, another chip, turned over, or with values that stand still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from patrolcar_sim.board.pins import Movable, Slave

PAGE = 0xFF  # of a VL53L0X: what is behind the addresses; the MPU-6050 has no such register


@dataclass(eq=False)
class Identity:
    """A register that tells of another chip."""

    register: int
    value: int


@dataclass(eq=False)
class Frozen:
    """Registers `first` to `last` keep what they hold when they are first read."""

    first: int
    last: int
    held: dict[int, int]


@dataclass(eq=False)
class Turned:
    """Registers of which a word (high byte first) changes its sign."""

    words: tuple[int, ...]


class FaultySlave:
    """A slave with faults; without any it is the slave itself.

    Attributes:
        absent: not empty: it does not answer.
        edits: what is done to its registers on page 0 as they are read.
    """

    def __init__(self, slave: Slave) -> None:
        self._slave = slave
        self.absent: list[object] = []
        self.edits: list[Identity | Frozen | Turned] = []
        self._pointer = 0
        self._page = 0

    def write(self, data: bytes) -> None:
        if data:
            self._pointer = data[0] + len(data) - 1 & 0xFF
            if data[0] == PAGE and len(data) > 1:
                self._page = data[1]
        self._slave.write(data)

    def read(self, n: int) -> bytes:
        data = self._slave.read(n)
        if self.edits and not self._page:
            data = self._edited(bytearray(data))
        self._pointer = self._pointer + n & 0xFF
        return data

    def power_up(self) -> None:
        """Power comes back, to this one alone."""
        self._pointer = self._page = 0
        slave: Any = self._slave  # that it can be told apart from a bench's is checked before
        slave.power_up()

    def _edited(self, data: bytearray) -> bytes:
        start, n = self._pointer, len(data)
        for edit in self.edits:
            if isinstance(edit, Identity):
                if 0 <= edit.register - start < n:
                    data[edit.register - start] = edit.value
            elif isinstance(edit, Frozen):
                for register in range(max(edit.first, start), min(edit.last + 1, start + n)):
                    at = register - start
                    data[at] = edit.held.setdefault(register, data[at])
            else:
                for register in edit.words:
                    at = register - start
                    if 0 <= at < n - 1:
                        value = -int.from_bytes(data[at : at + 2], "big", signed=True)
                        data[at : at + 2] = min(value, 32767).to_bytes(2, "big", signed=True)
        return bytes(data)


class FaultyMovable(FaultySlave):
    """One that says itself where it answers."""

    def __init__(self, slave: Movable) -> None:
        super().__init__(slave)
        self._movable = slave

    @property
    def address(self) -> int | None:
        """Where it answers now; None while it does not."""
        return None if self.absent else self._movable.address
