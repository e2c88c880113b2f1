"""The sonars' wires: pulses, shared triggers, and pings that others hear."""

from __future__ import annotations

import pytest

from patrolcar_sim.board.echoes import BURST_US, NO_ECHO_US, EchoWires
from patrolcar_sim.board.wiring import SonarPins

LEFT, FRONT, RIGHT = 0, 1, 2
SHARED, FRONTS = 4, 5
SONARS = (SonarPins(SHARED, 12), SonarPins(FRONTS, 13), SonarPins(SHARED, 14))
SONAR_OF = {12: LEFT, 13: FRONT, 14: RIGHT}


class Room:
    """Echoes as they are set: pulse lengths by sensor, arrivals by (sender, listener)."""

    def __init__(self) -> None:
        self.own: dict[int, int] = {}
        self.foreign: dict[tuple[int, int], int] = {}
        self.pings: list[tuple[int, int]] = []

    def ping(self, sensor: int, at_us: int) -> int | None:
        self.pings.append((sensor, at_us))
        return self.own.get(sensor)

    def overheard(self, sender: int, listener: int) -> int | None:
        return self.foreign.get((sender, listener))


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def wires(room: Room) -> EchoWires:
    return EchoWires(SONARS, room)


def fire(wires: EchoWires, pin: int, at_us: int, length_us: int = 10) -> None:
    wires.trigger(pin, True, at_us - length_us)
    wires.trigger(pin, False, at_us)


def pulses(wires: EchoWires) -> dict[int, tuple[int, int]]:
    """Rise and fall by sensor, of all that is under way."""
    rises: dict[int, int] = {}
    found = {}
    while (at := wires.next_us) < 10**9:
        change = wires.take(at)
        assert change is not None
        pin, level = change
        assert wires.levels >> pin & 1 == level
        if level:
            rises[pin] = at
        else:
            found[SONAR_OF[pin]] = (rises[pin], at)
    return found


def test_a_shared_trigger_fires_both_its_sonars_and_no_other(room: Room, wires: EchoWires) -> None:
    room.own = {LEFT: 2000, RIGHT: 3000}
    fire(wires, SHARED, 1000)
    rise = 1000 + BURST_US
    assert pulses(wires) == {LEFT: (rise, rise + 2000), RIGHT: (rise, rise + 3000)}
    assert room.pings == [(LEFT, 1000), (RIGHT, 1000)]


def test_a_cut_wire_silences_its_own_sonar_alone(room: Room, wires: EchoWires) -> None:
    wires.cut.append(LEFT)
    fire(wires, SHARED, 1000)
    assert room.pings == [(RIGHT, 1000)]
    assert list(pulses(wires)) == [RIGHT]


def test_a_trigger_shorter_than_10_us_is_none(room: Room, wires: EchoWires) -> None:
    fire(wires, SHARED, 1000, length_us=9)
    assert room.pings == []


def test_the_first_burst_that_arrives_ends_the_pulse(room: Room, wires: EchoWires) -> None:
    room.own = {LEFT: 5000, RIGHT: 3000}
    room.foreign = {(RIGHT, LEFT): 4000, (LEFT, RIGHT): 4000}
    fire(wires, SHARED, 1000)
    rise = 1000 + BURST_US
    assert pulses(wires) == {LEFT: (rise, rise + 4000), RIGHT: (rise, rise + 3000)}


def test_a_later_ping_cuts_the_pulse_of_one_that_still_listens(
    room: Room, wires: EchoWires
) -> None:
    room.foreign = {(FRONT, LEFT): 2000}
    fire(wires, SHARED, 1000)
    fire(wires, FRONTS, 11_000)
    found = pulses(wires)
    assert found[LEFT] == (1000 + BURST_US, 11_000 + BURST_US + 2000)
    assert found[RIGHT] == (1000 + BURST_US, 1000 + BURST_US + NO_ECHO_US)


def test_an_earlier_burst_is_heard_by_one_that_listens_later(room: Room, wires: EchoWires) -> None:
    room.own = {LEFT: 1000}
    room.foreign = {(LEFT, FRONT): 15_000}
    fire(wires, SHARED, 1000)
    fire(wires, FRONTS, 11_000)
    assert pulses(wires)[FRONT] == (11_000 + BURST_US, 1000 + BURST_US + 15_000)


def test_a_burst_that_passed_before_the_rise_is_not_heard(room: Room, wires: EchoWires) -> None:
    room.own = {FRONT: 1000}
    room.foreign = {(LEFT, FRONT): 5000}
    fire(wires, SHARED, 1000)
    fire(wires, FRONTS, 11_000)
    assert pulses(wires)[FRONT] == (11_000 + BURST_US, 12_000 + BURST_US)


def test_pings_40_ms_apart_do_not_hear_each_other(room: Room, wires: EchoWires) -> None:
    room.foreign = {(LEFT, FRONT): 20_000, (FRONT, LEFT): 2000}
    fire(wires, SHARED, 1000)
    pulses(wires)
    fire(wires, FRONTS, 41_000)
    assert pulses(wires) == {FRONT: (41_000 + BURST_US, 41_000 + BURST_US + NO_ECHO_US)}


def test_one_that_still_listens_ignores_its_trigger(room: Room, wires: EchoWires) -> None:
    fire(wires, FRONTS, 1000)
    fire(wires, FRONTS, 20_000)
    assert room.pings == [(FRONT, 1000)]
    pulses(wires)
    fire(wires, FRONTS, 41_000)
    assert room.pings[-1] == (FRONT, 41_000)


def test_reset_forgets_what_was_under_way(room: Room, wires: EchoWires) -> None:
    fire(wires, FRONTS, 1000)
    wires.take(2000)
    wires.reset()
    assert wires.levels == 0
    assert pulses(wires) == {}
