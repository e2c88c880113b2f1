"""Faults of the telemetry line: bits, bytes, pauses, and a wire that is off."""

from __future__ import annotations

import random

from patrolcar_sim.board.lockstep import NEVER
from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.lines import LineFault
from patrolcar_sim.faults.rig import Rig


def _on(rig: Rig, fault: Fault, one: LineFault) -> Undo:
    return rig.lines.put(fault.place, one)


def bits(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Data bits arrive flipped."""
    return _on(rig, fault, LineFault(bits=fault["rate"]))


def drop(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Bytes never arrive."""
    return _on(rig, fault, LineFault(drops=fault["rate"]))


def duplicate(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """Bytes arrive twice."""
    return _on(rig, fault, LineFault(duplicates=fault["rate"]))


def stall(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """No byte begins; those that would, wait."""
    end = NEVER if fault.for_us is None else fault.at_us + fault.for_us
    return _on(rig, fault, LineFault(stall=(fault.at_us, end)))


def cut(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """What is sent is lost."""
    return _on(rig, fault, LineFault(drops=1.0))
