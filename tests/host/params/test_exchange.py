"""Parameters come over a line that loses frames, and in bounded time it is known if they do not.

The car here answers as the firmware does; its clock, and the program's, is a number.
"""

from __future__ import annotations

from typing import Any

import pytest

from parameter_car import ParameterCar
from patrolcar.errors import PatrolError
from patrolcar.params import exchange as module
from patrolcar.params.exchange import ATTEMPTS, MOST_S, PATIENCE_S, Exchange

NAMES = [f"P{i}" for i in range(80)]


@pytest.fixture
def make_car(dialect: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(
        values: dict[str, float] | None = None, loss: float = 0.0, seed: int = 0
    ) -> ParameterCar:
        made = ParameterCar(
            dialect, values or dict(zip(NAMES, range(80), strict=True)), loss, seed
        )
        monkeypatch.setattr(module.time, "monotonic", lambda: made.now)
        return made

    return make


def test_all_come_in_the_cars_order(make_car: Any) -> None:
    car = make_car()
    told: list[tuple[int, int]] = []
    values = Exchange(car).fetch(lambda have, of: told.append((have, of)))
    assert list(values.items()) == list(car.values.items())
    assert all(type(value) is int for value in values.values())
    assert told[-1] == (80, 80)
    assert car.asked == 1


@pytest.mark.parametrize("loss", [0.1, 0.3])
def test_all_come_though_frames_are_lost(make_car: Any, loss: float) -> None:
    for seed in range(40):
        car = make_car(loss=loss, seed=seed)
        began = car.now
        assert Exchange(car).fetch() == car.values
        assert car.now - began < (6 if loss == 0.1 else MOST_S)


def test_a_car_that_is_silent_is_given_up_in_time(make_car: Any) -> None:
    car = make_car(loss=1.0)
    began = car.now
    with pytest.raises(PatrolError, match="tells no parameters"):
        Exchange(car).fetch()
    assert car.now - began < PATIENCE_S + 1
    car.received = 0
    with pytest.raises(PatrolError, match=r"no frame came from /dev/pts/3"):
        Exchange(car).fetch()


def test_one_that_stops_in_between_is_given_up_with_the_count(make_car: Any) -> None:
    car = make_car()
    tell = car.tell
    car.tell = lambda name: tell(name) if int(name[1:]) < 50 else None
    began = car.now
    with pytest.raises(PatrolError, match="told 50 of 80 parameters and then no more"):
        Exchange(car).fetch()
    assert car.now - began < PATIENCE_S + 2


def test_one_that_never_ends_is_given_up(make_car: Any) -> None:
    car = make_car(dict.fromkeys((f"P{i}" for i in range(1000)), 1))
    car.param_request_list_send = lambda *_: car.tell("P0")
    car.param_request_read_send = lambda system, component, name, i: (
        car.tell(f"P{i}") if car.now % 5 < 0.6 else None
    )
    began = car.now
    with pytest.raises(PatrolError, match="of 1000 parameters"):
        Exchange(car).fetch()
    assert car.now - began < MOST_S + 2


def test_a_car_that_is_another_one_suddenly_is_asked_anew(make_car: Any) -> None:
    car = make_car()
    tell, ask = car.tell, car.param_request_read_send
    car.tell = lambda name: None if name == "P1" else tell(name)

    def flashed(*arguments: Any) -> None:
        car.tell = tell
        car.values = {"A": 1, "B": 2}
        ask(*arguments)

    car.param_request_read_send = flashed
    assert Exchange(car).fetch() == {"A": 1, "B": 2}


def test_one_is_read_by_name(make_car: Any) -> None:
    assert Exchange(make_car()).read("P7") == 7
    assert Exchange(make_car()).read("P99") is None


def test_a_value_is_set_though_frames_are_lost(make_car: Any) -> None:
    for seed in range(100):
        car = make_car({"TRACK": 13_000}, loss=0.1, seed=seed)
        Exchange(car).set("TRACK", 13_040)
        assert car.values == {"TRACK": 13_040}


def test_a_refused_value_is_told_with_name_value_and_range(make_car: Any) -> None:
    car = make_car({"TRACK": 13_000})
    with pytest.raises(PatrolError) as caught:
        Exchange(car).set("TRACK", 99)
    said = "TRACK cannot be 99: the car takes 11000 to 15000 mm/100, and stays at 13000"
    assert (str(caught.value), caught.value.code) == (said, 1)
    assert len(car.set_to) == 2


def test_a_refusal_of_what_is_not_known_here_is_told_too(make_car: Any) -> None:
    car = make_car({"HORN": 1})
    car.param_set_send = lambda *_: car.tell("HORN")
    with pytest.raises(PatrolError, match="HORN cannot be 5: the car refuses it, and stays at 1"):
        Exchange(car).set("HORN", 5)


def test_an_old_value_on_its_way_is_no_refusal(make_car: Any) -> None:
    car = make_car({"TRACK": 13_000})
    car.tell("TRACK")
    Exchange(car).set("TRACK", 13_040)
    assert car.values == {"TRACK": 13_040}


def test_a_car_that_does_not_answer_a_set_is_told_in_time(make_car: Any) -> None:
    car = make_car({"TRACK": 13_000}, loss=1.0)
    began = car.now
    with pytest.raises(PatrolError, match="did not answer within 6 s whether TRACK is 13040"):
        Exchange(car).set("TRACK", 13_040)
    assert car.now - began < ATTEMPTS * 0.5 + 0.1


def test_another_vehicles_values_are_not_taken_for_the_cars(make_car: Any) -> None:
    car = make_car({"TRACK": 13_000})
    car.tell("TRACK")
    car.target_system = 2
    assert Exchange(car).read("TRACK") is None
