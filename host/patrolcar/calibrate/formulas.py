"""From what was measured to a setting's new value; plain numbers in, plain numbers out."""

from __future__ import annotations

import math

CONTRAST = 3_300  # of 65535, a twentieth: two surfaces that differ by less are one
HALF_TURN = 1 << 15


def wheels(left: int, right: int, counts: tuple[int, int], measured_mm: float) -> tuple[int, int]:
    """The way of each wheel's rim for one count, in nm.

    `left` and `right` are what it was taken for; both are off by the same part, since one ruler
    tells nothing of their difference.
    """
    told = (counts[0] * left + counts[1] * right) / 2e6
    return round(left * measured_mm / told), round(right * measured_mm / told)


def track(left: int, right: int, counts: tuple[int, int], turned_rad: float) -> int:
    """The wheels' distance in 1/100 mm: what the rims went past each other for an angle."""
    return round((counts[0] * left - counts[1] * right) / abs(turned_rad) / 1e4)


def gyro_scale(old: int, told_rad: float, turned_rad: float) -> int:
    """The yaw gyro's scale in 1/1000; `told_rad` is what it told with the scale `old`."""
    return round(old * abs(turned_rad / told_rad))


def battery(old_mv: int, told_mv: int, meter_v: float) -> int:
    """What the converter's full scale stands for, in mV."""
    return round(old_mv * meter_v * 1000 / told_mv)


def level(first: int, second: int) -> int | None:
    """Half way between two readings; None where they are too close to tell surfaces apart."""
    return (first + second) // 2 if abs(first - second) >= CONTRAST else None


def diameter_mm(nm_per_count: int, default_nm: int, default_mm: float) -> float:
    """The wheel's diameter, for a person: by the nominal wheel, whose counts a turn are known."""
    return default_mm * nm_per_count / default_nm


def counted(before: int, after: int) -> int:
    """The counts between two readings of a 16-bit counter, up to half its turn."""
    return (after - before + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN


def rounds_rad(rounds: int) -> float:
    """So many rounds as an angle."""
    return rounds * math.tau
