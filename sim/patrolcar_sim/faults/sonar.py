"""Faults of the sonars: what they hear, and their wires."""

from __future__ import annotations

import random

from patrolcar_sim.faults.car import Crosstalk, Late
from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import Rig, put, together

PLACES = ("left", "front", "right", "all")


def _sonars(fault: Fault) -> tuple[int, ...]:
    return (0, 1, 2) if fault.place == "all" else (PLACES.index(fault.place),)


def silent(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Pings go out, nothing is heard: the echo pin stays high as long as a sonar listens."""
    return together(*(put(rig.car.silent[i], fault) for i in _sonars(fault)))


def late(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Echoes come later, or it is the previous ping's that comes."""
    one = Late(round(fault["by"] * 1000))
    return together(*(put(rig.car.late[i], one) for i in _sonars(fault)))


def crosstalk(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Another car's bursts end the echo early."""
    one = Crosstalk(fault["rate"], chance)
    return together(*(put(rig.car.crosstalk[i], one) for i in _sonars(fault)))


def stuck(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The echo pin is shorted to 3.3 V."""
    sonars = rig.board.model.wiring.sonars
    return rig.short(high=sum(1 << sonars[i].echo for i in _sonars(fault)))


def wire(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The trigger wire is off."""
    return together(*(put(rig.board.pins.echoes.cut, i) for i in _sonars(fault)))
