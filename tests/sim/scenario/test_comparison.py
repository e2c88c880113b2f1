"""Comparisons: what they hold for, and which ones nothing can fulfil."""

from __future__ import annotations

import operator
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolcar_sim.scenario.comparison import Range, comparison, satisfiable
from patrolcar_sim.scenario.units import UnitError

METRES, SHARE, COUNT = Range("m"), Range("%", 0.0, 100.0), Range("", whole=True)


def test_it_holds_within_its_bounds_in_any_unit() -> None:
    made = comparison("> 50 cm and <= 2 m", METRES)
    assert [made.holds(value) for value in (0.5, 0.51, 2.0, 2.01)] == [False, True, True, False]
    assert made.shown(1.25) == "1.25 m"


def test_a_word_before_it_says_which_value_counts() -> None:
    made = comparison("max <= 8.4 V", Range("mV", None), ("every", "max"))
    assert (made.which, made.clauses) == ("max", (("<=", 8400.0),))
    assert made.shown(8100) == "8.1 V"


@pytest.mark.parametrize(
    ("text", "possible", "reason"),
    [
        (10, METRES, "no comparison in quotes"),
        ("10 m", METRES, 'no comparison: write ">= 5 m"'),
        (">= 10", METRES, "no unit"),
        (">= 10 s", METRES, "does not fit"),
        ("=> 10 m", METRES, "no comparison"),
        (">= 5 m and <= 3 m", METRES, "contradict"),
        ("> 3 m and < 3 m", METRES, "contradict"),
        ("== 3 m and != 3 m", METRES, "contradict"),
        (">= 120 %", SHARE, "0 % .. 100 %"),
        ("< 0 m", METRES, "at least 0 m"),
        ("== 0.5", COUNT, "whole numbers"),
        ("> 1 and < 2", COUNT, "contradict"),
        ("sum > 3 m", METRES, "no comparison"),
    ],
)
def test_another_is_refused_with_the_reason(text: object, possible: Range, reason: str) -> None:
    with pytest.raises(UnitError, match=re.escape(reason)):
        comparison(text, possible)


_SIGNS = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq,
    "!=": operator.ne, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(sorted(_SIGNS)), st.integers(0, 4)), max_size=4),
    st.booleans(),
)
def test_what_can_be_fulfilled_is_told_from_what_cannot(
    clauses: list[tuple[str, int]], whole: bool
) -> None:
    step = 1 if whole else 0.25  # between two whole numbers there is always one of these
    candidates = [-1 + step * i for i in range(int(7 / step))]
    fulfilled = any(all(_SIGNS[sign](c, limit) for sign, limit in clauses) for c in candidates)
    given_clauses = tuple((sign, float(limit)) for sign, limit in clauses)
    # Holes of single numbers in a whole range are not looked for.
    if not (whole and any(sign == "!=" for sign, _ in clauses)):
        assert satisfiable(given_clauses, None, None, whole) == fulfilled
