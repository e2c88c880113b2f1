"""Arming, modes and the deadman, through the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from patrolcar_sim.car import VirtualCar

Make = Callable[..., VirtualCar]
ARMED = 128


def _boot(make_car: Make) -> VirtualCar:
    car = make_car(world="empty", seed=1)
    car.until(lambda: car.station.last("HEARTBEAT") is not None)
    car.run(1.5)
    return car


def _result(car: VirtualCar, command: int) -> int | None:
    for ack in reversed(car.station.all("COMMAND_ACK")):
        if ack.command == command:
            return int(ack.result)
    return None


def _speed(car: VirtualCar) -> float:
    """Metres driven in the next half second."""
    before = car.world.distance_m
    car.run(0.5)
    return float(car.world.distance_m - before)


def test_a_car_that_is_not_armed_does_not_move(make_car: Make) -> None:
    car = _boot(make_car)
    car.station.mode("AUTO")
    for i in range(20):
        car.station.manual(1000, 0, at_us=car.board.now_us + i * 100_000)
    car.run(3)
    assert car.world.distance_m < 0.001


def test_manual_drives_as_the_sticks_say_and_stops_without_them(make_car: Make) -> None:
    car = _boot(make_car)
    car.station.arm()
    car.run(0.2)
    assert _result(car, 400) == 0
    car.station.mode("MANUAL")
    car.run(0.2)
    assert _result(car, 176) == 0
    start = car.board.now_us
    for i in range(10):
        car.station.manual(300, 0, at_us=start + i * 100_000)
    car.run(1.0)
    assert car.world.distance_m > 0.05
    car.run(1.0)  # the deadman's 500 ms, and the way to a stop
    assert _speed(car) < 0.002


def test_disarming_stops_the_car_at_once(make_car: Make) -> None:
    car = _boot(make_car)
    car.patrol(3)
    car.station.disarm()
    car.run(0.4)
    assert _speed(car) < 0.002
    beat = car.station.last("HEARTBEAT")
    car.run(1.0)
    beat = car.station.last("HEARTBEAT")
    assert not beat.base_mode & ARMED


def test_a_lost_ground_station_stops_the_car(make_car: Make) -> None:
    car = _boot(make_car)
    car.patrol(3)
    assert _speed(car) > 0.01
    car.station._next_heartbeat = 1 << 60
    car.run(5)
    assert _speed(car) < 0.002


def test_unknown_commands_are_answered_unsupported(make_car: Make) -> None:
    car = _boot(make_car)
    car.station.command(31000)
    car.run(0.2)
    assert _result(car, 31000) == 3


@pytest.mark.parametrize(
    "data",
    [b"\x00" * 500, b"\xfd" * 500, bytes(range(256)) * 3, b"\xfe\x00" * 200],
    ids=["zeros", "magics", "all bytes", "version 1"],
)
def test_garbage_on_the_line_moves_nothing_and_stops_nothing(make_car: Make, data: bytes) -> None:
    car = _boot(make_car)
    car.station.send_raw(data)
    car.run(1.0)
    assert car.world.distance_m < 0.001
    car.station.arm()
    car.run(0.3)
    assert _result(car, 400) == 0


def test_every_stream_comes_at_its_rate(make_car: Make) -> None:
    car = _boot(make_car)
    car.station.messages.clear()
    car.run(10)
    count: dict[str, int] = {}
    for _, message in car.station.messages:
        count[message.get_type()] = count.get(message.get_type(), 0) + 1

    def rate(kind: str) -> float:
        return count.get(kind, 0) / 10

    expected: dict[str, Any] = {
        "HEARTBEAT": 1,
        "SYS_STATUS": 2,
        "ATTITUDE": 20,
        "LOCAL_POSITION_NED": 10,
        "WHEEL_STATUS": 20,
        "DISTANCE_SENSOR": 57.5,  # three sonars every 80 ms, two ToF sensors every 100 ms
        "FLOOR_STATUS": 10,
        "BATTERY_STATUS": 1,
        "LOOP_TIMING": 2,
        "TASK_TIMING": 4,
        "VFR_HUD": 4,
        "GPS_RAW_INT": 1,
    }
    for kind, hertz in expected.items():
        assert rate(kind) == pytest.approx(hertz, rel=0.1), kind
    assert {m.id for m in car.station.all("DISTANCE_SENSOR")} == {0, 1, 2, 3, 4}
