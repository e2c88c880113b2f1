"""ToF and floor sensors, judged: each limit from both sides, each advice naming its pin."""

from __future__ import annotations

import pytest

from patrolcar.doctor import ranges
from patrolcar.doctor.result import Verdict
from patrolcar.flash.build import board_data

BOARD = board_data("pyboard_v11")
GOOD = (0xEE, 0xAA, 0x10)


def test_a_tof_sensor_that_ranges_or_sees_nothing_is_well() -> None:
    for told in [400] * 10, [0] * 10, [400, 0, 410, 395]:
        assert ranges.judge_tof(BOARD, 0, GOOD, (len(told), told)).verdict == Verdict.PASS


@pytest.mark.parametrize(
    ("number", "identity", "told", "part"),
    [
        (0, None, (0, []), "nothing may hold low"),
        (1, None, (0, []), "XSHUT at Y10"),
        (1, (0xEA, 0xCC, 0x10), (0, []), "not a VL53L0X"),
        (0, GOOD, (0, []), "does not measure"),
        (0, GOOD, (6, [300, 900, 2000, 150, 700, 1200]), "noisy"),
    ],
)
def test_one_that_does_not_is_named_with_what_to_do(number, identity, told, part) -> None:
    result = ranges.judge_tof(BOARD, number, identity, told)
    assert result.verdict == Verdict.FAIL
    assert result.part == ("left ToF", "right ToF")[number]
    assert part in result.advice


def test_the_hand_tells_exchanged_cables() -> None:
    assert ranges.judge_sides(0).verdict == Verdict.PASS
    assert "exchange" in ranges.judge_sides(1).advice
    assert ranges.judge_sides(-1).verdict == Verdict.FAIL


LIGHT, DARK, LEVEL = (6_000, 32_768), (64_000, 32_768), 32_768


def test_a_dark_cliff_sensor_is_wrong_only_on_the_floor_and_a_dark_line_never() -> None:
    read = [LIGHT, DARK, LIGHT, DARK, LIGHT]
    on_floor = ranges.judge_floor(BOARD, read, on_floor=True)
    assert [one.part for one in on_floor if one.verdict == Verdict.FAIL] == ["right cliff"]
    assert "X22" in on_floor[1].advice
    on_blocks = ranges.judge_floor(BOARD, read, on_floor=False)
    assert {one.verdict for one in on_blocks} == {Verdict.PASS}


def test_no_voltage_at_all_is_no_sensor() -> None:
    (first, *_) = ranges.judge_floor(BOARD, [(200, LEVEL), *[LIGHT] * 4], on_floor=False)
    assert "X21 is at ground" in first.advice


def test_a_board_without_them_has_nothing_to_judge() -> None:
    assert ranges.judge_floor(board_data("blackpill_f411"), [], on_floor=True) == []
