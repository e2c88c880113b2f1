"""Virtual time against the wall's, without waiting for either."""

import math

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.board import pace
from patrolcar_sim.board.pace import AHEAD_US, MAX, MOST_BEHIND_US, OneCore, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pace, "time", made)
    return made


@pytest.mark.parametrize(
    ("speed", "prompt", "connected", "limited"),
    [
        (None, False, False, False),
        (None, False, True, True),
        (None, True, False, True),
        (MAX, False, True, False),
        (MAX, True, True, True),
        (2.0, False, False, True),
    ],
)
def test_the_clock_counts_when_it_should(
    speed: float | None, prompt: bool, connected: bool, limited: bool
) -> None:
    assert Pace(speed).limited(0, prompt, connected) is limited


def test_it_waits_as_long_as_virtual_time_is_ahead(clock: Clock) -> None:
    made = Pace(2.0)
    made.rebase(1_000_000)
    assert made.ahead_s(1_100_000) == pytest.approx(0.05)
    clock.now += 0.05
    assert made.ahead_s(1_100_000) == 0
    assert made.ahead_s(1_100_000 + AHEAD_US - 10) == 0


def test_a_long_step_is_reached_however_long_it_is(clock: Clock) -> None:
    made = Pace(5.0)
    made.rebase(0)
    goal = 3 * MOST_BEHIND_US
    for _ in range(100):
        if not made.ahead_s(goal):
            break
        clock.now += 0.05
    assert clock.now == pytest.approx(100 + goal / 1e6 / 5, abs=0.06)


def test_a_machine_that_slept_is_not_made_up_for(clock: Clock) -> None:
    made = Pace(1.0)
    made.rebase(0)
    clock.now += 3600
    assert made.ahead_s(10_000) == 0
    assert made.ahead_s(110_000) == pytest.approx(0.1)


def test_one_core_is_given_back() -> None:
    import os

    if not hasattr(os, "sched_getaffinity"):
        return
    before = os.sched_getaffinity(0)
    with OneCore():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize("speed", [0, -1, math.nan])
def test_a_speed_at_which_nothing_moves_is_refused(speed: float) -> None:
    with pytest.raises(PatrolError, match="give a number over 0"):
        Pace(speed)
