"""How long a way is, and what is not known of it."""

from __future__ import annotations

import pytest
from pymavlink.mavextra import distance_lat_lon

from patrolcar.mission.item import CHANGE_SPEED, JUMP, WAYPOINT, Item, item_of
from patrolcar.mission.show import distance, legs, summary


def at(x: float, y: float, frame: int = 1) -> Item:
    return item_of(WAYPOINT, frame, [0, 0, 0, 0, x, y, 0], True)


def test_the_way_on_earth_is_pymavlinks() -> None:
    # To the difference of the radii: it takes the mean one.
    places = (52.5, 13.4), (52.5004, 13.4009)
    assert distance(at(*places[0], 3), at(*places[1], 3)) == pytest.approx(
        distance_lat_lon(*places[0], *places[1]), rel=2e-3
    )
    assert distance(at(0, 179.9999, 3), at(0, -179.9999, 3)) == pytest.approx(22.26, abs=0.01)


def test_a_way_is_summed_between_places() -> None:
    speed = item_of(CHANGE_SPEED, 2, [1, 0.3, 0, 0, 0, 0, 0], True)
    jump = item_of(JUMP, 2, [0, 3, 0, 0, 0, 0, 0], True)
    items = [at(0, 0), speed, at(3, 4), jump, at(3, 0)]
    assert legs(items) == [None, None, 5.0, None, 4.0]
    assert summary(items) == ("5 items, 9.0 m from the first place to the last, jumps not counted")
    assert summary(items[:1]) == "1 item"
    assert "without those between frames" in summary([*items, at(1, 1, 3)])
