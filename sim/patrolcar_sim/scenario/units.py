"""Quantities as text: a number and a unit, `"2.5 s"`, and what one of a unit is in another."""

from __future__ import annotations

import difflib
import math
import re
from typing import Any

_G = 9.80665  # standard gravity, m/s^2

# Unit: its dimension, and what one of it is in the dimension's own unit. MAVLink's are among them.
UNITS: dict[str, tuple[str, float]] = {
    "us": ("time", 1e-6),
    "ms": ("time", 1e-3),
    "s": ("time", 1.0),
    "min": ("time", 60.0),
    "mm": ("length", 1e-3),
    "cm": ("length", 1e-2),
    "m": ("length", 1.0),
    "mm/s": ("speed", 1e-3),
    "cm/s": ("speed", 1e-2),
    "m/s": ("speed", 1.0),
    "deg": ("angle", math.pi / 180),
    "mrad": ("angle", 1e-3),
    "rad": ("angle", 1.0),
    "deg/s": ("rate of turn", math.pi / 180),
    "rad/s": ("rate of turn", 1.0),
    "rpm": ("rate of turn", math.tau / 60),
    "1": ("share", 1.0),
    "%": ("share", 1e-2),
    "d%": ("share", 1e-3),
    "c%": ("share", 1e-4),
    "Hz": ("frequency", 1.0),
    "kHz": ("frequency", 1e3),
    "mV": ("voltage", 1e-3),
    "V": ("voltage", 1.0),
    "mA": ("current", 1e-3),
    "cA": ("current", 1e-2),
    "A": ("current", 1.0),
    "mAh": ("charge", 3.6),
    "Ah": ("charge", 3600.0),
    "mohm": ("resistance", 1e-3),
    "ohm": ("resistance", 1.0),
    "g": ("mass", 1e-3),
    "kg": ("mass", 1.0),
    "mg": ("acceleration", _G * 1e-3),
    "m/s/s": ("acceleration", 1.0),
    "degC": ("temperature", 1.0),
    "cdegC": ("temperature", 1e-2),
    "lx": ("light", 1.0),
    "klx": ("light", 1e3),
    "B": ("bytes", 1.0),
    "KB": ("bytes", 1024.0),
}
PLAIN = ("", "1", "counts")
"""Units that a number may go without."""
NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*")
_MOST = 1e15  # beyond it, no quantity here means anything


class UnitError(ValueError):
    """A text that is no such quantity; `str()` is the reason."""


def units_like(unit: str) -> list[str]:
    """The units in which the same can be said, that one first."""
    if unit == "":
        return []
    if unit not in UNITS:
        return [unit]
    dimension = UNITS[unit][0]
    same = [name for name, (other, _) in UNITS.items() if other == dimension and name != unit]
    return [unit, *same]


def said(value: Any) -> str:
    """A value as the file has it, short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value:.60}"'
    try:
        return f"{value!s:.60}"
    except ValueError:  # Python prints no number of more than 4300 digits
        return "a number of thousands of digits"


def quantity(value: Any, unit: str) -> float:
    """A number of that unit from a text such as `"1.5 m"`.

    A plain number does where the unit is none. Raises UnitError.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnitError(f"{said(value)} is no quantity: write {_example(unit)}")
    if not isinstance(value, str):
        if unit not in PLAIN:
            raise UnitError(f"{said(value)} has no unit: write {_example(unit, said(value))}")
        return _bounded(value, value)
    match = _QUANTITY.fullmatch(value)
    if match is None:
        raise UnitError(f"{said(value)} is no quantity: write {_example(unit)}")
    number, given = float(match[1]), match[2]
    if given == unit or (given == "" and unit in PLAIN):
        return _bounded(number, value)
    if given == "":
        raise UnitError(f"{said(value)} has no unit: write {_example(unit, match[1])}")
    known = units_like(unit)
    if given not in known:
        near = difflib.get_close_matches(given, known, 1) if given not in UNITS else []
        hint = f"; did you mean {near[0]}?" if near else ""
        if not known or unit == "counts":
            raise UnitError(f"{said(value)} has a unit, but this is a plain number: drop {given}")
        raise UnitError(f"{said(value)}: unit {given} does not fit, use {', '.join(known)}{hint}")
    return _bounded(number * UNITS[given][1] / UNITS[unit][1], value)


def unit_of(text: str, unit: str) -> str:
    """The unit that a text has its quantity in, of one that `quantity` takes."""
    match = _QUANTITY.fullmatch(text)
    return match[2] or unit if match is not None else unit


def converted(number: float, unit: str, to: str) -> float:
    """A number of one unit in another of the same dimension."""
    return number if unit == to else number * UNITS[unit][1] / UNITS[to][1]


def _bounded(number: float, value: Any) -> float:
    if not -_MOST < number < _MOST:
        raise UnitError(f"{said(value)} is out of all bounds")
    return float(f"{number:.12g}")  # 90 deg in deg is 90


def _example(unit: str, number: object = 5) -> str:
    return str(number) if unit in PLAIN else f'"{number} {unit}"'


def in_unit(number: float, unit: str) -> str:
    """A number with its unit, for a person."""
    text = f"{number:.4g}" if abs(number) < 1e4 else f"{number:.0f}"
    return text if unit in PLAIN else f"{text} {unit}"
