"""Broken parts: every one known to the help, and none that touches what it should not."""

from __future__ import annotations

import pytest

from patrolcar.commands.simulate import sim
from patrolcar.errors import PatrolError
from patrolcar_sim.board.breakage import BREAKAGES, BrokenCar, break_harness, find_breakages
from patrolcar_sim.board.models import PYBOARD_V11
from patrolcar_sim.board.pins import PinBus
from patrolcar_sim.stub_car import StubCar
from patrolcar_sim.world.world import World


def _car(*names: str) -> tuple[StubCar, BrokenCar]:
    car = StubCar()
    car.counts = [100, 200]
    return car, BrokenCar(car, find_breakages(names))


def test_the_help_lists_every_part_that_can_be_broken() -> None:
    assert sim.__doc__ is not None
    words = sim.__doc__.replace(",", " ").replace(".", " ").split()
    assert [word for word in words if word in BREAKAGES] == list(BREAKAGES)


def test_an_unknown_part_is_refused_with_the_list() -> None:
    with pytest.raises(PatrolError, match=r"wing.*motor-left") as refused:
        find_breakages(["motor-left", "wing"])
    assert refused.value.code == 2


def test_an_open_motor_gets_nothing_and_the_other_one_all() -> None:
    car, broken = _car("motor-left")
    broken.set_motor(0, True, False, 0.5)
    broken.set_motor(1, True, False, 0.5)
    assert car.motors == {1: (True, False, 0.5)}


def test_encoders_reversed_dead_and_swapped() -> None:
    assert _car("encoder-left-reversed")[1].encoder_count(0, 0) == -100
    assert _car("encoder-left")[1].encoder_count(0, 0) == 0
    assert _car("encoder-left")[1].encoder_count(1, 0) == 200
    assert _car("encoders-swapped")[1].encoder_count(0, 0) == 200


def test_an_imu_upside_down_turns_y_and_z_alone() -> None:
    car, broken = _car("gyro-reversed")
    for register in range(0x3B, 0x49, 2):
        car.imu.registers[register : register + 2] = (1000).to_bytes(2, "big")
    assert broken.imu is not None
    broken.imu.write(b"\x3b")
    data = broken.imu.read(14)
    values = [int.from_bytes(data[i : i + 2], "big", signed=True) for i in range(0, 14, 2)]
    assert values == [1000, -1000, -1000, 1000, 1000, -1000, -1000]
    broken.imu.write(b"\x75")
    assert broken.imu.read(1) == b"\x68"


def test_another_chip_says_so_and_an_absent_one_nothing() -> None:
    broken = _car("imu-identity")[1]
    assert broken.imu is not None
    broken.imu.write(b"\x75")
    assert broken.imu.read(1) == b"\x71"
    assert _car("imu")[1].imu is None


def test_a_pin_that_is_shorted_keeps_its_level() -> None:
    wiring = PYBOARD_V11.wiring
    bus = PinBus(wiring, StubCar())
    whole = bus.levels()
    break_harness(bus, wiring, find_breakages(["bumper-stuck", "sonar-left-stuck"]))
    assert bus.levels() == whole & ~(1 << wiring.bumper) | 1 << wiring.sonars[0].echo


def test_a_jammed_wheel_stands_and_draws_its_stall_current() -> None:
    world = World("empty", 1)
    world.jam(0)
    world.set_standby(True)
    world.set_motor(0, True, False, 0.4)
    before = world.current_ma()
    world.advance(500_000)
    assert abs(world.encoder_count(0, world.time_us)) < 5
    assert world.current_ma() >= 0.9 * before
