"""Where the car believes to be, against where it is: 20 m with ten turns, straight on, by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

import figures
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse

Make = Callable[..., VirtualCar]
Record = Callable[[str, object], None]

HALL = """
<mujoco model="hall">
  <worldbody>
    <geom name="floor" type="plane" size="0 0 0.1"/>
    <geom name="wall" type="box" size="0.1 8 0.3" pos="8 0 0"/>
    <geom name="wall west" type="box" size="0.1 8 0.3" pos="-8 0 0"/>
    <geom name="wall south" type="box" size="8 0.1 0.3" pos="0 -8 0"/>
    <geom name="wall north" type="box" size="8 0.1 0.3" pos="0 8 0"/>
    <site name="start" pos="0 0 0"/>
  </worldbody>
</mujoco>
"""
STOP = (0, 0, 0.6)
# Forward and turn in per mille, seconds. There and back: a turn on the spot at one end, on a curve
# at the other; and the same circle again and again.
DRIVES = {
    "right": (
        (600, 0, 2.6),
        STOP,
        (0, 500, 1.83),
        STOP,
        (600, 0, 2.6),
        STOP,
        (500, 400, 2.3),
        STOP,
    )
    * 10,
    "circles": ((600, 269, 67.0),),
}
DRIVES["left"] = tuple((forward, -turn, s) for forward, turn, s in DRIVES["right"])


@pytest.fixture
def hall(tmp_path: Path) -> str:
    """16 m of floor each way."""
    path = tmp_path / "hall.xml"
    path.write_text(HALL)
    return str(path)


class Truth:
    """The true way and turn of a car since now, in the frame that it had."""

    def __init__(self, car: VirtualCar) -> None:
        self._car = car
        self._x, self._y, self._yaw = car.world.pose()
        self._last = self._yaw
        self._way = car.world.distance_m
        self.turned = 0.0

    def steer(self, forward: int, turn: int, seconds: float) -> None:
        """Holds the sticks, and counts what the car turns, to the right."""
        for _ in range(round(seconds * 10)):
            self._car.steer(forward, turn, 0.1)
            yaw = self._car.world.pose()[2]
            self.turned -= math.remainder(yaw - self._last, math.tau)
            self._last = yaw

    @property
    def way(self) -> float:
        return self._car.world.distance_m - self._way

    def off(self) -> tuple[float, float]:
        """What odometry is wrong by: metres, degrees."""
        x, y, yaw = self._car.world.pose()
        dx, dy = x - self._x, y - self._y
        c, s = math.cos(self._yaw), math.sin(self._yaw)
        told = self._car.station.last("LOCAL_POSITION_NED")
        turn = self._car.station.last("ATTITUDE").yaw + yaw - self._yaw
        metres = math.hypot(told.x - (dx * c + dy * s), told.y - (dx * s - dy * c))
        return metres, math.degrees(math.remainder(turn, math.tau))


def driven(image: Path, hall: str, drive: str, seed: int) -> tuple[float, float]:
    """Per cent of the way, and degrees, that odometry is off after that drive."""
    whole = image.read_bytes()
    with VirtualCar(image, hall, seed) as car:
        car.arm("MANUAL")
        truth = Truth(car)
        for forward, turn, seconds in DRIVES[drive]:
            truth.steer(forward, turn, seconds)
        truth.steer(0, 0, 1.0)
        assert 19.5 < truth.way < 21.5
        assert 10 <= abs(truth.turned) / math.tau < 10.5
        assert car.world.contacts == 0
        metres, degrees = truth.off()
    image.write_bytes(whole)
    return metres / truth.way * 100, degrees


@pytest.mark.parametrize(("drive", "seed"), [("right", 6), ("left", 4), ("circles", 9)])
def test_twenty_metres_with_ten_turns_cost_3_percent_and_5_degrees_at_most(
    image: Path, hall: str, drive: str, seed: int
) -> None:
    percent, degrees = driven(image, hall, drive, seed)
    print(f"{drive}, seed {seed}: {percent:.2f} % of the way, {degrees:+.2f} degrees")
    assert percent < 3
    assert abs(degrees) < 5


@pytest.mark.acceptance
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("drive", sorted(DRIVES))
def test_so_they_do_on_twenty_cars(
    image: Path, hall: str, drive: str, record_property: Record
) -> None:
    found = [driven(image, hall, drive, seed) for seed in range(1, 21)]
    worst = max(percent for percent, _ in found), max(abs(degrees) for _, degrees in found)
    mean = sum(p for p, _ in found) / 20, sum(abs(d) for _, d in found) / 20
    figures.add(
        record_property,
        f"odometry after 20 m with ten turns ({drive}), 20 cars",
        ("", "position %", "heading deg"),
        [("worst", *worst), ("mean", *mean)],
    )
    assert worst[0] < 3
    assert worst[1] < 5


@pytest.mark.parametrize("side", ["left", "right"])
def test_five_metres_straight_on_with_a_motor_at_80_percent_end_within_20_mm(
    make_car: Make, hall: str, side: str
) -> None:
    car = make_car(world=hall, seed=2, faults=[parse(f"motor.weak@0.5:{side},factor=0.8")])
    car.arm("MANUAL")
    x, y, yaw = car.world.pose()
    begin = car.world.distance_m
    while car.world.distance_m - begin < 5:
        car.steer(600, 0, 0.1)
    to_x, to_y, to_yaw = car.world.pose()
    aside = (to_y - y) * math.cos(yaw) - (to_x - x) * math.sin(yaw)
    print(f"{side}: {aside * 1000:+.1f} mm aside, {math.degrees(to_yaw - yaw):+.2f} degrees")
    assert abs(aside) < 0.02
    assert abs(math.degrees(to_yaw - yaw)) < 0.5


def rest_rate(car: VirtualCar, seconds: float = 1.0) -> float:
    """The mean yaw rate that a standing car tells, in mrad/s."""
    begin = len(car.station.messages)
    car.run(seconds)
    told = [m.yawspeed for _, m in car.station.messages[begin:] if m.get_type() == "ATTITUDE"]
    return sum(told) / len(told) * 1000


@pytest.mark.parametrize("degrees_s", [0.3, 1.0, 5.0])
def test_a_slow_turn_by_hand_spoils_no_bias_and_a_faster_one_is_followed(
    make_car: Make, degrees_s: float
) -> None:
    car = make_car(world="empty", seed=4)
    car.run(4.0)
    assert abs(rest_rate(car)) < 1
    imu = car.world.imu
    own, rate = imu._sample, math.radians(degrees_s)

    def turned_by_hand() -> tuple[float, ...]:
        *others, yaw = own()
        return (*others, yaw - rate)

    imu._sample = turned_by_hand  # more evenly than any hand
    before = car.station.last("ATTITUDE").yaw
    car.run(15.0)
    imu._sample = own
    car.run(0.1)
    turned = math.degrees(car.station.last("ATTITUDE").yaw - before)
    assert abs(rest_rate(car)) < 1
    assert turned == pytest.approx(degrees_s * 15 if degrees_s > 2 else 0, abs=2)


def test_a_slow_turn_that_it_drives_spoils_no_bias(make_car: Make) -> None:
    car = make_car(world="empty", seed=5)
    car.arm("MANUAL")
    assert abs(rest_rate(car)) < 1
    start = car.world.pose()[2]
    car.steer(0, 30, 20.0)
    assert abs(math.degrees(car.world.pose()[2] - start)) > 20
    car.steer(0, 0, 1.0)
    assert abs(rest_rate(car)) < 1
