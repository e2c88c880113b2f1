"""Broken parts: known to the help, refused where two contradict, and doing what they say."""

from __future__ import annotations

import pytest

from patrolcar.commands.simulate import sim
from patrolcar.errors import PatrolError
from patrolcar_sim.faults import check
from patrolcar_sim.faults.breaks import BREAKS, find_breaks


def test_the_help_lists_every_part_that_can_be_broken() -> None:
    assert sim.__doc__ is not None
    words = sim.__doc__.replace(",", " ").replace(".", " ").split()
    assert [word for word in words if word in BREAKS] == list(BREAKS)


def test_every_break_is_a_fault_that_can_be() -> None:
    for one in BREAKS.values():
        check(one.fault)


def test_an_unknown_part_is_refused_with_the_list() -> None:
    with pytest.raises(PatrolError, match=r"wing.*motor-left") as refused:
        find_breaks(["motor-left", "wing"])
    assert refused.value.code == 2


@pytest.mark.parametrize(
    "pair",
    [
        ("encoder-left", "encoder-left-reversed"),
        ("motor-right-reversed", "motor-right"),
        ("imu", "gyro-reversed"),
        ("battery-divider", "battery-divider-full"),
        ("sonar-front", "sonar-front-stuck"),
    ],
)
def test_two_breaks_that_contradict_are_refused_in_one_line(pair: tuple[str, str]) -> None:
    with pytest.raises(PatrolError, match=rf"{pair[0]} .*{pair[1]} ") as refused:
        find_breaks(pair)
    assert refused.value.code == 2


def test_the_same_break_twice_is_that_break() -> None:
    assert len(find_breaks(["imu", "imu"])) == 1
