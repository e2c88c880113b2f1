"""What persons decide about the motors: the emergency stop, the start button, a patrol without a
ground station."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge import Bridge, silence
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from patrolcar_sim.ground_station import ScriptedStation
from patrolcar_sim.scenario.parameters import store_settings

STICK = 400  # of 1000: 200 mm/s
BYTES_US = 1_000
"""What a COMMAND_LONG takes on the line at 921600 baud, and a margin."""
TICK_US = 10_000
FORCED = 21_196


@pytest.mark.parametrize(("command", "first", "second"), [(400, 0, FORCED), (185, 1, 0)])
@pytest.mark.parametrize("mode", ["HOLD", "MANUAL", "AUTO"])
def test_an_emergency_stop_takes_the_power_within_a_tick_of_its_last_byte(
    make_car: Callable[..., VirtualCar], mode: str, command: int, first: int, second: int
) -> None:
    car = make_car(world="office", seed=1)
    bridge = Bridge(car)
    car.arm(mode)
    car.steer(STICK if mode == "MANUAL" else 0, 0, 1.013)
    sent_us = car.board.now_us
    car.station.command(command, first, second)
    car.run(0.5)
    off = Bridge.off_us(bridge.powered, sent_us)
    assert off is not None
    print(f"{mode}: no power {(off - sent_us) / 1000:.1f} ms after the command")
    assert off - sent_us <= BYTES_US + TICK_US + 1_000  # and the tasks before
    assert "emergency stop" in car.station.texts
    ack = car.station.last("COMMAND_ACK")
    assert (ack.command, ack.result) == (command, 0)
    car.station.arm()
    car.run(0.5)
    assert not bridge.powered[-1][1]
    assert "refused: FAULT; disarm to clear it" in car.station.texts
    car.station.disarm()
    car.station.arm(car.board.now_us + 100_000)
    car.run(0.5)
    assert bridge.powered[-1][1]


def test_an_emergency_stop_of_a_disarmed_car_keeps_it_from_being_armed(
    make_car: Callable[..., VirtualCar],
) -> None:
    car = make_car(world="empty", seed=1)
    bridge = Bridge(car)
    car.run(2.0)
    car.station.command(400, 0, FORCED)
    car.station.arm(car.board.now_us + 100_000)
    car.run(0.5)
    assert not bridge.powered[-1][1]


@pytest.mark.parametrize("first", [0, -1, 2, float("nan")])
def test_a_termination_that_is_none_is_denied(
    make_car: Callable[..., VirtualCar], first: float
) -> None:
    car = make_car(world="empty", seed=1)
    car.arm("HOLD")
    car.station.command(185, first)
    car.run(0.5)
    assert car.station.last("COMMAND_ACK").result == 2
    assert car.station.last("HEARTBEAT").base_mode & 128


def test_the_start_button_starts_a_patrol_without_any_ground_station(image: Path) -> None:
    station = ScriptedStation(heartbeat=False)
    fault = parse("switch.stuck@2+1:button")
    with VirtualCar(image, "office", faults=[fault], station=station) as car:
        car.run(20.0)
        assert "AUTO" in station.texts
        assert car.world.distance_m > 2
        assert car.world.contacts == 0


@pytest.mark.parametrize("goes_on", [0, 1])
def test_a_patrol_whose_ground_station_falls_silent_goes_on_if_told_so(
    image: Path, goes_on: int
) -> None:
    store_settings(image, "pyboard_v11", {"auto_no_link": goes_on})
    with VirtualCar(image, "office") as car:
        car.patrol(3.0)
        silence(car)
        car.run(5.0)
        assert "ground station silent" in car.station.texts
        before = car.world.distance_m
        car.run(5.0)
        assert (car.world.distance_m - before > 0.3) == bool(goes_on)


def test_a_start_after_the_ground_station_was_lost_is_no_reason_to_stop(image: Path) -> None:
    fault = parse("switch.stuck@8+1:button")
    with VirtualCar(image, "office", faults=[fault]) as car:
        car.run(3.0)
        silence(car)
        car.run(17.0)
        assert "AUTO" in car.station.texts
        assert "armed: HOLD" not in car.station.texts[car.station.texts.index("AUTO") :]
        assert car.world.distance_m > 1


def test_the_link_cannot_arm_a_car_whose_start_button_is_pressed(
    make_car: Callable[..., VirtualCar],
) -> None:
    car = make_car(world="empty", seed=1, faults=[parse("switch.stuck@1+4:button")])
    bridge = Bridge(car)
    # It was armed by being held, and is disarmed by the press of the fault's next one.
    car.run(3.0)
    car.station.disarm()
    car.run(0.2)
    assert not bridge.powered[-1][1]
    car.station.arm()
    car.run(0.2)
    assert "arming refused: the start button is pressed" in car.station.texts
    assert not bridge.powered[-1][1]
    car.run(2.0)
    car.station.arm()
    car.run(0.2)
    assert bridge.powered[-1][1]
