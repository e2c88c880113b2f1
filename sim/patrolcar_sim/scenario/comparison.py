"""Comparisons as text: `">= 10 m"`, `"> 0.1 m/s and <= 0.5 m/s"`, `"max <= 8.4 V"`."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from typing import Any

from patrolcar_sim.scenario.units import (
    UnitError,
    converted,
    in_unit,
    quantity,
    said,
    unit_of,
)

OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_CLAUSE = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(.+)")
_AND = re.compile(r"\s+and\s+")


@dataclass(frozen=True)
class Comparison:
    """What a measured number of that unit has to be; `text` is as the file has it.

    `shown_in` is the unit that the file uses; `which` is the one of many values that counts:
    "every", or one of the allowed words before it.
    """

    text: str
    unit: str
    clauses: tuple[tuple[str, float], ...]
    shown_in: str = ""
    which: str = "every"

    def shown(self, value: float) -> str:
        """A measured number, in the file's unit."""
        return in_unit(converted(value, self.unit, self.shown_in), self.shown_in)

    def holds(self, value: float) -> bool:
        """Whether the number is so."""
        return all(OPERATORS[sign](value, limit) for sign, limit in self.clauses)


@dataclass(frozen=True)
class Range:
    """What a number can be at all: its unit, bounds (None: none), and whether it is whole."""

    unit: str = ""
    lowest: float | None = 0.0
    highest: float | None = None
    whole: bool = False

    @property
    def said(self) -> str:
        """The bounds, for a person."""
        low = "" if self.lowest is None else in_unit(self.lowest, self.unit)
        if self.highest is None:
            return f"at least {low}" if low else "any number"
        return f"{low} .. {in_unit(self.highest, self.unit)}"


def comparison(value: Any, possible: Range, whiches: tuple[str, ...] = ()) -> Comparison:
    """Reads one. Raises UnitError with the reason, also for one that nothing can fulfil."""
    example = f'">= {5 if possible.unit == "" else f"5 {possible.unit}"}"'
    if not isinstance(value, str):
        raise UnitError(f"{said(value)} is no comparison in quotes: write {example}")
    which, rest = "every", value.strip()
    first, _, after = rest.partition(" ")
    if first in whiches:
        which, rest = first, after
    clauses, shown_in = [], possible.unit
    for part in _AND.split(rest):
        match = _CLAUSE.fullmatch(part)
        if match is None:
            raise UnitError(f"{said(value)} is no comparison: write {example}")
        clauses.append((match[1], quantity(match[2], possible.unit)))
        shown_in = unit_of(match[2], possible.unit)
    text = " ".join(value.split())
    made = Comparison(text, possible.unit, tuple(clauses), shown_in, which)
    _check(made, possible)
    return made


def _check(made: Comparison, possible: Range) -> None:
    for _, limit in made.clauses:
        if possible.whole and limit != int(limit):
            raise UnitError(f"{said(made.text)} cannot be: it is counted in whole numbers")
    if not satisfiable(made.clauses, None, None, possible.whole):
        raise UnitError(f"{said(made.text)} cannot be: its bounds contradict each other")
    if not satisfiable(made.clauses, possible.lowest, possible.highest, possible.whole):
        raise UnitError(f"{said(made.text)} cannot be: it is {possible.said} in any case")


def satisfiable(
    clauses: tuple[tuple[str, float], ...],
    lowest: float | None,
    highest: float | None,
    whole: bool,
) -> bool:
    """Whether any number fulfils all of it."""
    low, high = -math.inf if lowest is None else lowest, math.inf if highest is None else highest
    low_in = high_in = True
    for sign, limit in clauses:
        if sign in (">=", ">", "==") and limit >= low:
            low_in = sign != ">" and (limit > low or low_in)
            low = limit
        elif sign == "==":
            return False
        if sign in ("<=", "<", "==") and limit <= high:
            high_in = sign != "<" and (limit < high or high_in)
            high = limit
        elif sign == "==":
            return False
    if whole and low > -math.inf:
        low, low_in = (math.ceil(low) if low_in else math.floor(low) + 1), True
    if whole and high < math.inf:
        high, high_in = (math.floor(high) if high_in else math.ceil(high) - 1), True
    if low > high or (low == high and not (low_in and high_in)):
        return False
    return not (low == high and any(sign == "!=" and limit == low for sign, limit in clauses))
