"""Loading a file: nothing is set that was not agreed to, and it is told how far it came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parameter_car import ParameterCar
from patrolcar.errors import PatrolError
from patrolcar.params import session
from patrolcar.params.compare import Difference
from patrolcar.params.session import load, pairs
from patrolcar.params.table import known
from simulated import Answers


@pytest.fixture
def car(dialect: Any, monkeypatch: pytest.MonkeyPatch) -> ParameterCar:
    """A car as it comes, at any port."""
    values = {name: one.default for name, one in known().items()}
    made = ParameterCar(dialect, values, 0.0, 0)
    monkeypatch.setattr(session, "connect", lambda source: made)
    monkeypatch.setattr("patrolcar.params.exchange.time.monotonic", lambda: made.now)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.param"
    path.write_text("TRACK 13040\nLOG_LEVEL 7\nGYRO_SCALE 1000\n")
    return path


def test_what_will_change_is_shown_and_then_asked(car: ParameterCar, file: Path) -> None:
    shown: list[Difference] = []
    person = Answers()
    assert load("COM5", file, person, shown.extend) == (2, 1)
    assert shown == [Difference("TRACK", 13_000, 13_040), Difference("LOG_LEVEL", 6, 7)]
    assert person.asked == ["Set 2 parameters of the car at COM5?"]
    assert car.set_to == [("TRACK", 13_040), ("LOG_LEVEL", 7)]


def test_a_no_sets_nothing(car: ParameterCar, file: Path) -> None:
    assert load("COM5", file, Answers(consents=False), lambda found: None) == (0, 0)
    assert car.set_to == []


def test_a_refusal_in_between_tells_how_far_it_came(car: ParameterCar, file: Path) -> None:
    take = car.param_set_send
    car.param_set_send = lambda *what: (
        car.tell("LOG_LEVEL") if what[2] == b"LOG_LEVEL" else take(*what)
    )
    with pytest.raises(PatrolError, match=r"LOG_LEVEL cannot be 7.*stays at 6 \(1 of 2 are set\)"):
        load("COM5", file, Answers(), lambda found: None)


def test_an_interruption_tells_how_far_it_came(
    car: ParameterCar, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(text: str) -> None:
        if "set" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load("COM5", file, Answers(), lambda found: None, interrupt)
    assert capsys.readouterr().err == "interrupted: 1 of 2 are set\n"


def test_a_value_that_does_not_stay_is_told(car: ParameterCar, file: Path) -> None:
    ask = car.param_request_list_send

    def other_station(*target: int) -> None:
        if car.set_to:
            car.values["TRACK"] = 13_001
        ask(*target)

    car.param_request_list_send = other_station
    with pytest.raises(PatrolError, match="TRACK is 13001 again, not 13040"):
        load("COM5", file, Answers(), lambda found: None)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["TRACK"], "TRACK has no value"),
        (["TRACK", "x"], "TRACK: 'x' is no number"),
        (["TRACK", "1", "track", "2"], "track is there twice"),
    ],
)
def test_pairs_that_are_none_are_one_line(words: list[str], reason: str) -> None:
    with pytest.raises(PatrolError, match=reason) as caught:
        pairs(words)
    assert caught.value.code == 2
