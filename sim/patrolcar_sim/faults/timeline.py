"""The timeline: every fault at its time, and what it did undone at its end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from patrolcar.errors import PatrolError
from patrolcar_sim.faults.catalogue import CATALOGUE, complete
from patrolcar_sim.faults.fault import Fault
from patrolcar_sim.faults.rig import Rig

if TYPE_CHECKING:
    from patrolcar_sim.board.board import VirtualBoard

# What a kind needs of the boot ROM (rom/quirks.py), at the latest when the board boots next.
_QUIRKS: dict[str, dict[str, bool]] = {
    "flash.cut": {"flash": True},
    "flash.full": {},
    "clock.jump": {},
    "memory.shortage": {},
}
_BEFORE_BOOT = ("clock.jump", "memory.shortage")


class Timeline:
    """Faults of one run. The same seed gives the same faults, bit by bit.

    Each has a source of chance of its own, by its place in the list.

    Raises:
        FaultError: one of them cannot be.
    """

    def __init__(self, faults: Sequence[Fault], seed: object = 1) -> None:
        self.faults = tuple(complete(fault) for fault in faults)
        self._seed = seed

    def attach(self, board: VirtualBoard) -> None:
        """Lets them happen on a board, best before it is started.

        Raises:
            PatrolError: a fault needs a world with physics, and the board has none; or it has to
                be planned before the board is started.
        """
        rig = Rig.of(board)
        for number, fault in enumerate(self.faults):
            if CATALOGUE[fault.kind].needs_world and not rig.has_physics:
                raise PatrolError(
                    f"fault {fault.kind} needs a world: this board stands on none", 2
                )
            quirk = _QUIRKS.get(fault.kind)
            if fault.kind in _BEFORE_BOOT and board.quirks is None and board.resets:
                raise PatrolError(f"fault {fault.kind}: plan it before the board is started", 2)
            if quirk is not None:
                board.quirks = {**(board.quirks or {}), **quirk}
            self._plan(rig, number, fault)

    def _plan(self, rig: Rig, number: int, fault: Fault) -> None:
        chance = random.Random(f"fault {number} {fault.kind} {self._seed}")
        board = rig.board

        def begin() -> None:
            rig.number, rig.seed = number, self._seed
            undo = CATALOGUE[fault.kind].effect(rig, fault, chance)
            if undo is not None and fault.for_us is not None:
                board.at(fault.at_us + fault.for_us, undo)

        board.at(fault.at_us, begin)
