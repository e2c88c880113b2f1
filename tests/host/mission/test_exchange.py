"""Missions reach the car over a line that loses frames, and in bounded time it is known if not.

The car here does as the firmware does; its clock, and the program's, is a number.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from mission_car import MissionCar
from patrolcar.errors import PatrolError
from patrolcar.mission import exchange as module
from patrolcar.mission.exchange import MOST_S, PATIENCE_S, Exchange
from patrolcar.mission.item import JUMP, WAYPOINT, Item, item_of

NAN = math.nan
ITEMS = [
    item_of(WAYPOINT, 3, [n / 3, 0, 0, NAN, 52.0 + n / 1e6, -13.0, 1.5], n % 2 == 0)
    for n in range(63)
] + [item_of(JUMP, 2, [0, -1, 0, 0, NAN, NAN, NAN], True)]


@pytest.fixture
def make_car(dialect: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(loss: float = 0.0, seed: int = 0) -> MissionCar:
        made = MissionCar(dialect, loss, seed)
        monkeypatch.setattr(module.time, "monotonic", lambda: made.now)
        return made

    return make


def same(some: list[Item], others: list[Item]) -> bool:
    return [one.as_bytes() for one in some] == [one.as_bytes() for one in others]


def test_a_mission_goes_there_and_back_bit_for_bit(make_car: Any) -> None:
    car = make_car()
    told: list[tuple[int, int]] = []
    Exchange(car).upload(ITEMS, progress=lambda done, of: told.append((done, of)))
    assert told == [(n, 64) for n in range(1, 65)]
    assert (car.opened, car.stored) == (1, 1)
    assert same(Exchange(car).download(), ITEMS)
    assert car.acknowledged == [0]


def test_a_car_that_asks_in_the_old_way_gets_the_same(make_car: Any) -> None:
    car = make_car()
    car.asks = "mission_request"
    Exchange(car).upload(ITEMS)
    assert same(Exchange(car).download(), ITEMS)


@pytest.mark.parametrize(("loss", "most_s"), [(0.1, 25.0), (0.3, MOST_S)])
def test_it_arrives_though_frames_are_lost(make_car: Any, loss: float, most_s: float) -> None:
    for seed in range(40):
        car = make_car(loss, seed)
        began = car.now
        Exchange(car).upload(ITEMS)
        assert same(Exchange(car).download(), ITEMS)
        assert car.now - began < most_s
        Exchange(car).clear()
        assert Exchange(car).count() == 0


def test_it_arrives_over_a_line_that_is_slower_than_the_car_is_patient(make_car: Any) -> None:
    for seed in range(10):
        car = make_car(0.1, seed)
        car.round_trip_s = 1.5
        Exchange(car).upload(ITEMS[:20])
        assert same(Exchange(car).fetch(range(20)), ITEMS[:20])


def test_a_part_is_written_in_the_place_of_what_was_there(make_car: Any) -> None:
    for loss in (0.0, 0.1):
        car = make_car(loss)
        Exchange(car).upload(ITEMS)
        new = [item_of(WAYPOINT, 1, [0, 0, 0, 0, n, -n, 0], True) for n in range(3)]
        Exchange(car).upload(new, 10)
        back = Exchange(car).download()
        assert same(back, [*ITEMS[:10], *new, *ITEMS[13:]])
        assert same(Exchange(car).fetch(range(10, 13)), new)
        with pytest.raises(PatrolError, match="does not have these items"):
            Exchange(car).upload(new, 62)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (2, "the frame of item 5 is not known"),
        (3, "the command of item 5 is not known"),
        (4, "it keeps 64 items"),
        (6, "parameter 1 of item 5 cannot be"),
        (10, "parameter 5 of item 5 cannot be"),
        (12, "parameter 7 of item 5 cannot be"),
        (14, "disarm it"),
        (99, "MAV_MISSION_RESULT 99"),
    ],
)
def test_each_refusal_is_told_in_words_and_the_mission_before_stays(
    make_car: Any, result: int, words: str
) -> None:
    car = make_car()
    Exchange(car).upload(ITEMS[:2])
    car.refuse = lambda number, fields: result if number == 5 else 0
    car.text = "mission refused, item 5: because"
    with pytest.raises(PatrolError, match=words) as refused:
        Exchange(car).upload(ITEMS)
    assert "mission refused, item 5: because" in str(refused.value)
    assert same(Exchange(car).download(), ITEMS[:2])


def test_an_armed_car_refuses_whatever_the_line_loses(make_car: Any) -> None:
    for seed in range(20):
        car = make_car(0.3, seed)
        car.refuse = lambda number, fields: 14
        for ask in (lambda car=car: Exchange(car).upload(ITEMS), Exchange(car).clear):
            with pytest.raises(PatrolError, match="disarm it"):
                ask()


def test_a_line_that_is_cut_is_given_up_in_time(make_car: Any) -> None:
    for stop, words in (
        (20, "took 20 of 64 items and then said no more; the car keeps the mission that it had"),
        (64, "whether it has stored them is not known"),
    ):
        car = make_car()
        began = car.now

        def cut(done: int, of: int, car: MissionCar = car, stop: int = stop) -> None:
            car.loss = 1.0 if done >= stop else 0.0

        with pytest.raises(PatrolError, match=words):
            Exchange(car).upload(ITEMS, progress=cut)
        assert car.now - began < PATIENCE_S + 3


def test_a_car_that_is_silent_is_given_up_in_time(make_car: Any) -> None:
    car = make_car(loss=1.0)
    for ask in (lambda: Exchange(car).upload(ITEMS), Exchange(car).download, Exchange(car).clear):
        began = car.now
        car.received = 1
        with pytest.raises(PatrolError, match="it may be in safe mode"):
            ask()
        assert car.now - began < PATIENCE_S + 3
        car.received = 0
        with pytest.raises(PatrolError, match=r"no frame came from /dev/pts/3"):
            ask()


def test_an_item_that_is_gone_meanwhile_is_told(make_car: Any) -> None:
    car = make_car()
    Exchange(car).upload(ITEMS[:5])
    with pytest.raises(PatrolError, match="does not have these items"):
        Exchange(car).fetch(range(7))


def test_what_is_meant_for_another_ground_station_is_left(make_car: Any) -> None:
    car = make_car()
    car.tell("mission_ack", 254, 190, 14)
    car.tell("mission_ack", 255, 190, 14, 1)  # of a fence
    car.tell("mission_request_int", 254, 190, 3)
    Exchange(car).upload(ITEMS[:2])
    assert car.stored == 1
