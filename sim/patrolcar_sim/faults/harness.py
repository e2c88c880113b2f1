"""Faults of the small things on the harness: switches, and the reflectance sensors' wires."""

from __future__ import annotations

import random

from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import Rig, put

FLOOR = ("cliff-left", "cliff-right", "line-left", "line-middle", "line-right")


def switch_stuck(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The switch is shorted to ground: pressed."""
    return rig.short(low=1 << getattr(rig.board.model.wiring, fault.place))


def floor_stuck(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The sensor's output stands at one voltage."""
    place = rig.car.floor.setdefault(FLOOR.index(fault.place), [])
    return put(place, 1000 * fault["voltage"])
