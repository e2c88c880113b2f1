"""What is sent to a board that is examined."""

from __future__ import annotations

import re

from patrolcar.doctor.session import BOARD_SIDE, with_constants


def test_the_cars_constants_become_numbers_and_other_names_stay() -> None:
    sent = with_constants("f(car.TRACK_MM, car.NM_PER_COUNT)")
    assert sent == "f(130, 156501)"
    for kept in ("car.NO_SUCH", "car.wheel", "oscar.TRACK_MM", "Drive(wheels, motors, car)"):
        assert with_constants(kept) == kept
    assert with_constants("car.SONAR_BEARING_MRAD") == "car.SONAR_BEARING_MRAD"  # no const


def test_nothing_that_the_build_removes_is_asked_of_the_board() -> None:
    for file in BOARD_SIDE.glob("*.py"):
        sent = with_constants(file.read_text(encoding="utf-8"))
        assert re.findall(r"\bcar\.[A-Z]\w*", sent) == [], file.name
