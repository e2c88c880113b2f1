"""Turning to a heading, and holding it."""

import pytest
from patrol.control.heading import hold, turn_to


@pytest.mark.parametrize(
    ("heading", "target", "expected"),
    [(0, 500, 500), (3_000, -3_000, 283), (-3_000, 3_000, -283), (1_000, 1_000, 0)],
)
def test_the_shorter_way_round_is_taken(heading, target, expected):
    assert hold(heading, target, 10_000) == expected * 450 // 100


def test_turning_goes_on_until_it_points_there_and_no_slower_than_the_gearbox_can():
    heading, target, ticks = 0, 2_000, 0
    while rate := turn_to(heading, target, 2_500):
        assert 250 <= rate <= 2_500
        heading += rate // 20
        ticks += 1
        assert ticks < 100
    assert abs(target - heading) < 40


def test_holding_is_limited_and_quiet_when_it_points_there():
    assert hold(0, 3_000, 900) == 900
    assert hold(0, -3_000, 900) == -900
    assert hold(100, 100, 900) == 0
