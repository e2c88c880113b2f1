"""Faults of the chip: its clock, its program, its memory."""

from __future__ import annotations

import random

from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import Rig


def jump(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """What it counts leaps ahead; or it stands still while the world goes on."""
    by_us = round(fault["by"] * 1000)
    if by_us >= 0:
        rig.board.leap(by_us)
    else:
        rig.board.stand_still(-by_us)


def kill(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """The interpreter ends without a word, and the chip comes up again."""
    rig.board.kill()


def shortage(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """A part of the heap is gone, also after a reset."""
    kilobytes = round(fault["size"])
    rig.board.take_memory(kilobytes)
    return lambda: rig.board.take_memory(-kilobytes)
