"""Whatever a sensor does, what drives the motors and where the car believes to be never jump."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

import figures
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse

MakeCar = Callable[..., VirtualCar]
Record = Callable[[str, object], None]

# Those of a drive, one after the other.
DRIVES = {
    "tof": (
        "tof.hang@+1",
        "tof.nak@+1:left",
        "tof.frozen@+1:both",
        "tof.identity@+1:left",
        "tof.reset@:left",
    ),
    "imu": ("imu.hang@+1", "imu.nak@+1", "imu.frozen@+1", "imu.identity@+1", "imu.reset@"),
    "sonar": (
        "sonar.silent@+1:front",
        "sonar.late@+1:front",
        "sonar.crosstalk@+1:front",
        "sonar.stuck@+1:front",
    ),
    "floor": ("floor.stuck@+1:line-left", "floor.stuck@+1:line-right"),
    "battery": ("battery.divider@+1", "battery.sag@+1"),
    # Each of these stops the car for good.
    "encoder loses": ("encoder.missing@+1:left",),
    "encoder stuck": ("encoder.stuck@+1:left",),
    "encoder reversed": ("encoder.reversed@+1:left",),
    "encoder swapped": ("encoder.swapped@+1",),
}
START_S, EACH_S = 4, 6  # a part that comes and goes is told of every 5 s
SLEW = 150  # per mille of full duty in a tick, but for a stop (patrol/car.py)
# Of the error of what the car believes, from one message to the next, 0.1 s. What an encoder that
# stops or counts backward adds is up to twice what its wheel does in that time.
POSITION_MM, HEADING_MRAD = 5, 30
COUNTED_MM = 36
STICK = 250  # per mille


class Motors:
    """What reaches the two bridges: the greatest step towards more or another duty."""

    def __init__(self, car: VirtualCar) -> None:
        self.worst = 0.0
        self._was = [0.0, 0.0]
        self._set = car.world.set_motor
        car.world.set_motor = self.set  # type: ignore[method-assign]

    def set(self, side: int, in1: bool, in2: bool, duty: float) -> None:
        new = 0.0 if in1 == in2 else (duty if in1 else -duty)
        if new:
            self.worst = max(self.worst, abs(new - self._was[side]))
        self._was[side] = new
        self._set(side, in1, in2, duty)


class Pose:
    """The error of what the car believes: its greatest step from message to message."""

    def __init__(self, car: VirtualCar) -> None:
        self.worst_mm = self.worst_mrad = 0.0
        self._car = car
        self._heard = len(car.station.messages)
        self._off: tuple[float, float] | None = None
        self._turned: float | None = None
        self._x, self._y, self._heading = car.world.pose()

    def compare(self) -> None:
        x, y, heading = self._car.world.pose()
        for _, message in self._car.station.messages[self._heard :]:
            if message.get_type() == "LOCAL_POSITION_NED":
                north, east = x - self._x, y - self._y
                cos, sin = math.cos(self._heading), math.sin(self._heading)
                off = (
                    message.x - (north * cos + east * sin),
                    message.y - (north * sin - east * cos),
                )
                if self._off is not None:
                    self.worst_mm = max(self.worst_mm, 1000 * math.dist(off, self._off))
                self._off = off
            elif message.get_type() == "ATTITUDE":
                turned = message.yaw + heading
                if self._turned is not None:
                    step = math.remainder(turned - self._turned, math.tau)
                    self.worst_mrad = max(self.worst_mrad, 1000 * abs(step))
                self._turned = turned
        self._heard = len(self._car.station.messages)


@pytest.mark.parametrize("mode", ["MANUAL", "AUTO"])
@pytest.mark.parametrize("drive", DRIVES)
def test_no_fault_of_a_sensor_makes_a_control_value_jump(
    make_car: MakeCar, record_property: Record, drive: str, mode: str
) -> None:
    faults = [
        fault.replace("@", f"@{START_S + EACH_S * i}") for i, fault in enumerate(DRIVES[drive])
    ]
    car = make_car(world="office", seed=3, faults=[parse(fault) for fault in faults])
    motors = Motors(car)
    car.arm(mode)
    pose = Pose(car)
    while car.now_s < START_S + len(faults) * EACH_S:
        if mode == "MANUAL" and car.now_s % 0.1 < 0.01:
            car.station.arm(car.board.now_us)  # where a fault has disarmed it
            turn = 150 if car.now_s % 2 < 1 else -150
            car.station.manual(STICK, turn, car.board.now_us)
        car.run(0.01)
        pose.compare()
    far = COUNTED_MM if drive.startswith("encoder") else POSITION_MM
    rows = [
        ("duty, per mille", round(motors.worst * 1000), SLEW),
        ("position, mm", round(pose.worst_mm), far),
        ("heading, mrad", round(pose.worst_mrad), HEADING_MRAD),
    ]
    figures.add(
        record_property,
        f"greatest step under faults: {drive}, {mode}",
        ("", "is", "at most"),
        rows,
    )
    assert car.world.distance_m > 0.1
    for name, worst, most in rows:
        assert worst <= most, name
