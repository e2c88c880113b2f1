"""What the car would refuse is told before anything is sent, with item, value and what to do."""

from __future__ import annotations

import pytest

from patrolcar.mission.check import problems
from patrolcar.mission.item import CHANGE_SPEED, JUMP, LOITER_TIME, RETURN, WAYPOINT, item_of

GOOD = [
    item_of(CHANGE_SPEED, 2, [1, 0.3, -1, 0, 0, 0, 0], True),
    item_of(CHANGE_SPEED, 2, [1, -2, -1, 0, 0, 0, 0], True),
    item_of(WAYPOINT, 6, [0, 0, 0, float("nan"), 84.9, -179.9, 0], True),
    item_of(LOITER_TIME, 1, [86_400, 0, 0, 0, -9_990, 9_990, 0], True),
    item_of(JUMP, 2, [0, -1, 0, 0, 0, 0, 0], True),
    item_of(RETURN, 99, [0] * 7, True),
]


def test_what_the_car_takes_has_no_problems() -> None:
    assert problems(GOOD) == []
    assert problems(GOOD[2:3] * 64) == []


@pytest.mark.parametrize(
    ("command", "frame", "values", "words"),
    [
        (22, 3, [], "command NAV_TAKEOFF (22) is not known to the car: use WAYPOINT, LOITER_TIME"),
        (60_000, 3, [], "command 60000 is not known"),
        (WAYPOINT, 4, [], "frame LOCAL_ENU (4) is not known to the car: use 0 global"),
        (WAYPOINT, 200, [], "frame 200 (200)"),
        (WAYPOINT, 3, [-1], "stays -1 s: parameter 1 is from 0 to 86400 s"),
        (WAYPOINT, 3, [0, 0, 0, 0, 85.5], "latitude is 85.5000000: the car takes -84.99 to 84.99"),
        (WAYPOINT, 0, [0, 0, 0, 0, 0, 180.5], "longitude is 180.5000000"),
        (WAYPOINT, 1, [0, 0, 0, 0, 0, -10_000], "y is -10000.0000: the car takes -9990 to 9990 m"),
        (JUMP, 2, [2, 1], "jumps to item 2: the mission has 0 to 1"),
        (JUMP, 2, [-1, 1], "jumps to item -1"),
        (JUMP, 2, [1, 1], "jumps to itself"),
        (JUMP, 2, [0.5, 1], "jumps to item 0.5"),
        (JUMP, 2, [0, -2], "jumps -2 times: parameter 2 is a whole number up to 32767, or -1"),
        (JUMP, 2, [0, float("nan")], "jumps nan times"),
        (CHANGE_SPEED, 2, [1, 0], "DO_CHANGE_SPEED has the speed 0: parameter 2 is in m/s"),
        (CHANGE_SPEED, 2, [1, -3], "the speed -3"),
    ],
)
def test_what_it_refuses_is_told(
    command: int, frame: int, values: list[float], words: str
) -> None:
    item = item_of(command, frame, [*values, *[0] * (7 - len(values))], True)
    ((number, text),) = problems([GOOD[0], item])
    assert number == 1
    assert words in text


def test_too_many_items_are_told_once() -> None:
    assert problems(GOOD[2:3] * 65) == [(-1, "65 items are more than the 64 that the car keeps")]
