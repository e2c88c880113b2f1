"""Faults of motors, gearboxes and the bridge."""

from __future__ import annotations

import random

from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import SIDES, Rig, put, together


def stall(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Something jams the wheel; at the end it is out again."""
    return _each(rig, fault, rig.jams, True)


def weak(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The motor has less torque: worn brushes, a magnet that has come off."""
    return _each(rig, fault, rig.strengths, fault["factor"])


def runaway(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The bridge's output is shorted to the pack: it drives, whatever its inputs and STBY say."""
    return _each(rig, fault, rig.shorts, fault["factor"])


def open_(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """A lead is off."""
    return _between(rig, fault, rig.car.open)


def reversed_(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The leads are exchanged."""
    return _between(rig, fault, rig.car.backward)


def _each(rig: Rig, fault: Fault, places: tuple[list[float], ...], value: float) -> Undo:
    end = together(*(put(places[side], value) for side in SIDES[fault.place]))
    rig.drive_world()

    def undo() -> None:
        end()
        rig.drive_world()

    return undo


def _between(rig: Rig, fault: Fault, places: tuple[list[object], ...]) -> Undo:
    end = together(*(put(places[side], object()) for side in SIDES[fault.place]))
    rig.settle()

    def undo() -> None:
        end()
        rig.settle()

    return undo
