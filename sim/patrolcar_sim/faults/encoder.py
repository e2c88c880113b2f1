"""Faults of the encoders. What they have miscounted stays miscounted when they are whole again."""

from __future__ import annotations

import random
from typing import TypeVar

from patrolcar_sim.faults.car import Missing
from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import SIDES, Rig, put, together

T = TypeVar("T")


def _on(rig: Rig, places: list[list[T]], one: T) -> Undo:
    rig.car.count(rig.board.now_us)
    end = together(*(put(place, one) for place in places))

    def undo() -> None:
        rig.car.count(rig.board.now_us)
        end()

    return undo


def missing(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Edges get lost, one by one."""
    one = Missing(fault["rate"], chance)
    return _on(rig, [rig.car.missing[side] for side in SIDES[fault.place]], one)


def reversed_(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """A and B are exchanged: it counts backward."""
    return _on(rig, [rig.car.miscounting[side] for side in SIDES[fault.place]], object())


def stuck(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """It counts nothing."""
    return _on(rig, [rig.car.still[side] for side in SIDES[fault.place]], object())


def swapped(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Each is plugged in the other one's place."""
    return _on(rig, [rig.car.swapped], object())
