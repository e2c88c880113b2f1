"""Quantities: units of one kind are converted, others refused with what would do."""

from __future__ import annotations

import math
import re

import pytest

from patrolcar_sim.scenario.units import UnitError, quantity


@pytest.mark.parametrize(
    ("value", "unit", "number"),
    [
        ("2.5 s", "s", 2.5),
        ("2500ms", "s", 2.5),
        (" -1e3 mm ", "m", -1.0),
        ("90 deg", "rad", math.pi / 2),
        ("7.2 V", "mV", 7200),
        ("30 %", "1", 0.3),
        (0.3, "1", 0.3),
        ("5", "", 5),
        (5, "", 5),
        ("3 counts", "counts", 3),
        ("13040 mm/100", "mm/100", 13040),
        ("1.2 kg*cm", "kg*cm", 1.2),
        ("60 rpm", "deg/s", 360),
    ],
)
def test_a_quantity_comes_in_the_unit_that_is_asked_for(
    value: object, unit: str, number: float
) -> None:
    assert quantity(value, unit) == pytest.approx(number)


@pytest.mark.parametrize(
    ("value", "unit", "reason"),
    [
        (60, "s", '60 has no unit: write "60 s"'),
        ("60", "s", '"60" has no unit: write "60 s"'),
        ("60 m", "s", "unit m does not fit, use s, us, ms, min"),
        ("60 sec", "s", "unit sec does not fit"),
        ("fast", "m/s", '"fast" is no quantity: write "5 m/s"'),
        ("5 m", "", "drop m"),
        (True, "", "true is no quantity"),
        ([1], "s", "[1] is no quantity"),
        ("1e300 s", "s", "out of all bounds"),
        ("nan s", "s", "is no quantity"),
        (float("nan"), "", "out of all bounds"),
        (float("inf"), "1", "out of all bounds"),
        (10**400, "", "out of all bounds"),
    ],
)
def test_another_is_refused_with_the_reason(value: object, unit: str, reason: str) -> None:
    with pytest.raises(UnitError, match=re.escape(reason)):
        quantity(value, unit)
