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


KEPT_US = 20_000  # so long capacitors keep the RTC's domain, though the chip resets (estimated)


def brownout(rig: Rig, fault: Fault, chance: random.Random) -> None:
    """The supply dips, and the chip comes up again as from a power-on (PORRSTF, BORRSTF)."""
    off_us = round(fault["off"] * 1000)
    rig.board.cut_power(off_us, dipped=off_us <= KEPT_US)


def divider(rig: Rig, fault: Fault, chance: random.Random) -> Undo:
    """The divider before the converter gives another share of the voltage."""
    return put(rig.car.dividers, fault["factor"])
