"""Faults of the supply."""

from __future__ import annotations

import random

from patrolcar_sim.faults.fault import Fault, Undo
from patrolcar_sim.faults.rig import Rig, put


def sag(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The pack's resistance is a multiple, as cold or worn cells have it.

    Where its voltage falls below what the converter needs, the board loses its power.
    """
    end = put(rig.sags, fault["factor"])
    rig.load_battery()

    def undo() -> None:
        end()
        rig.load_battery()

    return undo


def brownout(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """The supply dips, and the chip comes up again as from a power-on (PORRSTF, BORRSTF)."""
    rig.board.cut_power(round(fault["off"] * 1000))


def divider(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The divider before the converter gives another share of the voltage."""
    return put(rig.car.dividers, fault["factor"])
