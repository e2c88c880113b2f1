"""What a fault acts on: the board with its pins and line, the world, the faulty car between."""

from __future__ import annotations

import functools
import math
import operator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from patrolcar_sim.faults.car import FaultyCar
from patrolcar_sim.faults.fault import Undo
from patrolcar_sim.faults.lines import FaultyLines

if TYPE_CHECKING:
    from patrolcar_sim.board.board import VirtualBoard

T = TypeVar("T")

DIP_US = 5_000  # how long the supply stays away once it has fallen too low (estimated)
SIDES = {"left": (0,), "right": (1,), "both": (0, 1)}


class Rig:
    """One board for the faults of all its timelines.

    Attributes:
        world: the board's world; that it can do what a fault of its kind asks is checked before.
        number, seed: of the fault that begins, and of its timeline.
        jams, strengths, shorts: by side, what jams a wheel now, factors of its motor's torque, and
            the duties that its shorted bridge drives with.
        sags: factors of the pack's resistance.
    """

    def __init__(self, board: VirtualBoard) -> None:
        self.board = board
        self.world: Any = board.world
        self.number = 0
        self.seed: object = 0
        self.jams: tuple[list[float], ...] = ([], [])
        self.strengths: tuple[list[float], ...] = ([], [])
        self.shorts: tuple[list[float], ...] = ([], [])
        self.sags: list[float] = []
        self._high: list[int] = []
        self._low: list[int] = []

    @classmethod
    def of(cls, board: VirtualBoard) -> Rig:
        """That board's, made when it is first asked for."""
        if board.rig is None:
            board.rig = cls(board)
        return board.rig

    @property
    def has_physics(self) -> bool:
        """Whether the board stands in a world, not on a bench."""
        return hasattr(self.world, "battery")

    @cached_property
    def car(self) -> FaultyCar:
        """Stands between pins and world from the first fault on that needs it."""
        return self.board.pins.rewire(FaultyCar(self.board.world, self.board.now_us))

    @cached_property
    def lines(self) -> FaultyLines:
        """Both directions of the telemetry line."""
        return FaultyLines(self.board.line, self.seed)

    def load_battery(self) -> None:
        """Tells the pack what of the above is on now, and watches its voltage while any is."""
        battery, spec = self.world.battery, self.world.parts.battery
        battery.resistance = spec.resistance * math.prod(self.sags)
        battery.lowest = spec.brownout if self.sags else -math.inf
        battery.on_low = self._lose_power

    def drive_world(self) -> None:
        """Tells the world what of the above is on now."""
        for side in (0, 1):
            self.world.jam(side, bool(self.jams[side]))
            self.world.weaken(side, math.prod(self.strengths[side]))
            shorts = self.shorts[side]
            self.world.short(side, shorts[-1] if shorts else None)

    def short(self, *, high: int = 0, low: int = 0) -> Undo:
        """Inputs of the chip are shorted to 3.3 V or to ground, bits of pins."""
        pins = self.board.pins
        end = together(put(self._high, high), put(self._low, low))

        def join() -> None:
            pins.stuck_high = functools.reduce(operator.or_, self._high, 0)
            pins.stuck_low = functools.reduce(operator.or_, self._low, 0)

        def undo() -> None:
            end()
            join()

        join()
        return undo

    def _lose_power(self) -> None:
        # Called in the middle of the physics: what comes of it waits until that is done.
        self.world.battery.lowest = -math.inf
        self.board.at(self.board.now_us, self._dip)

    def _dip(self) -> None:
        self.board.cut_power(DIP_US, dipped=True)
        self.load_battery()

    def settle(self) -> None:
        """Lets the motors feel what has changed between the pins and them."""
        self.board.pins.drive()


def put(place: list[T], value: T) -> Undo:
    """Adds what holds from now on; the end takes just that away, whatever came meanwhile."""
    place.append(value)

    def take() -> None:
        for i, other in enumerate(place):
            if other is value:
                del place[i]
                return

    return take


def together(*undo: Undo) -> Undo:
    """Ends several at once."""

    def end() -> None:
        for one in undo:
            one()

    return end
