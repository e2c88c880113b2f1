"""Each formula against a car whose truth is known."""

from __future__ import annotations

import math

import pytest

from patrolcar.calibrate import formulas
from patrolcar.calibrate.calibrate import _change, check_steps
from patrolcar.calibrate.steps import check
from patrolcar.errors import PatrolError

NM = 156_501


def test_a_way_that_was_longer_than_counted_makes_the_wheels_larger() -> None:
    counts = (6390, 6390)  # 1000 mm
    assert formulas.wheels(NM, NM, counts, 1010.0) == pytest.approx(
        (NM * 1.01, NM * 1.01), rel=1e-4
    )


def test_the_difference_of_the_wheels_is_kept() -> None:
    left, right = formulas.wheels(NM, NM + 1000, (6000, 6000), 950.0)
    assert right / left == pytest.approx((NM + 1000) / NM, rel=1e-5)


@pytest.mark.parametrize("way", [1, -1])
def test_the_track_is_what_the_rims_passed_each_other_by(way: int) -> None:
    rim_mm = 3 * math.tau * 134 / 2
    counts = round(rim_mm * 1e6 / NM)
    found = formulas.track(NM, NM, (way * counts, -way * counts), way * 3 * math.tau)
    assert abs(found) == pytest.approx(13_400, abs=3)


def test_scale_battery_and_levels() -> None:
    assert formulas.gyro_scale(1000, 18.0, 18.36) == 1020
    assert formulas.battery(14_190, 7_400, 7.474) == 14_332
    assert formulas.level(10_000, 40_000) == 25_000
    assert formulas.level(10_000, 11_000) is None


def test_a_counter_that_wraps_is_counted_on() -> None:
    assert formulas.counted(65_000, 1_000) == 1_536
    assert formulas.counted(1_000, 65_000) == -1_536
    assert formulas.counted(-65_000, -1_000) == -1_536  # a reversed encoder's counter


def test_a_value_out_of_its_range_is_refused_by_name() -> None:
    table = [("track", "mm/100", 11_000, 15_000, 13_000, 1)]
    check(table, {"track": 15_000})
    with pytest.raises(PatrolError, match=r"track would be 15001 mm/100.*nothing was stored"):
        check(table, {"track": 15_001})


def test_a_person_sees_units_that_can_be_measured() -> None:
    row = ("wheel_left", "nm/count", 140_000, 173_000, NM, 1)
    assert _change(row, NM, round(NM * 0.97), 60).shown == "diameter 60.00 -> 58.20 mm"
    row = ("track", "mm/100", 11_000, 15_000, 13_000, 1)
    assert _change(row, 13_000, 13_412, 60).shown == "130.00 -> 134.12 mm"


def test_steps_come_in_their_own_order_and_an_unknown_one_is_refused() -> None:
    assert check_steps(["battery", "gyro"]) == ["gyro", "battery"]
    assert check_steps([])[:3] == ["gyro", "wheels", "track"]
    with pytest.raises(PatrolError, match=r"wings.*cliffs") as refused:
        check_steps(["wings"])
    assert refused.value.code == 2
