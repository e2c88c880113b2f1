"""A whole car on which things go wrong: the same each time; it carries on or comes up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse

MANY = (
    "uart.bits@2,rate=0.0002",
    "uart.stall@4+0.3:from",
    "sonar.crosstalk@2:all,rate=0.2",
    "encoder.missing@3:left,rate=0.05",
    "imu.hang@5+0.2",
    "tof.frozen@3:left",
    "motor.weak@3:right,factor=0.6",
    "battery.sag@3,factor=4",
    "clock.jump@6,by=40",
    "world.person@4+2,speed=0.8",
    "memory.shortage@3,size=4",
    "battery.brownout@7.00437",
)


def drive(image: Path, *faults: str, seed: int = 1, seconds: float = 6.0) -> VirtualCar:
    """A patrol of a car with these faults, as it is afterwards; the image is as it was before."""
    whole = image.read_bytes()
    car = VirtualCar(image, "office", seed, faults=[parse(fault) for fault in faults])
    with car:
        car.patrol(seconds)
    image.write_bytes(whole)
    return car


def test_the_same_faults_and_seed_give_the_same_bytes(image: Path) -> None:
    first = drive(image, *MANY)
    assert len(first.board.resets) == 2
    assert bytes(drive(image, *MANY).station.raw) == bytes(first.station.raw)
    assert bytes(drive(image, *MANY, seed=2).station.raw) != bytes(first.station.raw)


def test_a_fault_that_has_not_begun_changes_no_byte(image: Path) -> None:
    later = ("sonar.silent@100", "motor.stall@100", "flash.rot@100", "world.sun@100")
    assert bytes(drive(image).station.raw) == bytes(drive(image, *later).station.raw)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("interpreter.kill@4", Cause.HARD),
        ("battery.brownout@4.0042", Cause.POWER_ON),
        ("clock.jump@4,by=-4000", Cause.WATCHDOG),
    ],
)
def test_a_car_whose_program_ends_stands_and_is_there_again(
    image: Path, fault: str, cause: Cause
) -> None:
    car = drive(image, fault, seconds=5.0)
    assert car.board.resets == [Cause.POWER_ON, cause]
    assert sum("ready" in text for text in car.station.texts) == 2
    beat = car.station.last("HEARTBEAT")
    assert beat is not None
    assert not beat.base_mode & 128


def test_a_jammed_wheel_is_told_by_the_car(image: Path) -> None:
    assert "a wheel does not turn" in drive(image, "motor.stall@3:left").station.texts


def test_sensors_that_hang_are_told_by_the_car_and_it_drives_on(image: Path) -> None:
    car = drive(image, "imu.hang@4+1", seconds=6.0)
    assert any("IMU does not answer" in text for text in car.station.texts)
    assert car.board.resets == [Cause.POWER_ON]
