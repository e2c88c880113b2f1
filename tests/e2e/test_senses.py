"""Sensors on the I2C bus that fail and come back: nothing jumps or allocates, all is in time."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from patrolcar_sim.car import VirtualCar
from patrolcar_sim.faults import parse
from prompt import stop_afresh

Make = Callable[..., VirtualCar]

LOCKED = b"""
import micropython
from patrol.app import Car
car = Car()
n = 0
sample = car.bumper.sample
def hook():
    global n
    n += 1
    if n == 300:
        micropython.heap_lock()
    elif n == 1500:
        micropython.heap_unlock()
        print('locked for', n - 300, 'ticks; failures', car.failures)
    sample()
car.bumper.sample = hook
car.run(1600)
"""
FAULTS = ("imu.frozen@4+2", "imu.nak@4+2", "imu.hang@4+2", "imu.identity@4+2", "imu.reset@4")


@pytest.mark.parametrize("fault", FAULTS)
def test_while_it_turns_an_imu_that_fails_and_comes_back_moves_no_heading(
    make_car: Make, fault: str
) -> None:
    car = make_car(world="empty", seed=3, faults=[parse(fault)])
    car.arm("MANUAL")
    start = car.world.pose()[2]
    heard, was, worst = 0, None, 0.0
    for _ in range(50):
        car.station.manual(0, 400, car.board.now_us)
        for _ in range(10):
            car.run(0.01)
            for _, message in car.station.messages[heard:]:
                if message.get_type() == "ATTITUDE":
                    off = math.remainder(message.yaw + car.world.pose()[2] - start, math.tau)
                    worst = max(worst, abs(off - was) if was is not None else 0.0)
                    was = off
            heard = len(car.station.messages)
    assert car.now_s > 6.6
    assert "IMU is back" in car.station.texts
    # 14 mrad are what it turns in a tick, and when in it the message comes.
    assert worst < 0.03
    assert was is not None
    assert abs(math.degrees(was)) < 3


def test_a_bus_that_nine_clocks_free_is_freed_before_anybody_misses_it(make_car: Make) -> None:
    hangs = [parse(f"{part}.hang@{at},clocks=1") for at in (3.3, 4.004, 5.0) for part in ("imu",)]
    car = make_car(world="office", seed=1, faults=hangs)
    car.patrol(6)
    assert not [text for text in car.station.texts if "IMU" in text or "ToF" in text]
    assert car.station.last("LOOP_TIMING").overruns == 0
    assert car.world.distance_m > 0.5


@pytest.mark.parametrize(
    "faults",
    [
        ("imu.hang@6+2,clocks=1", "imu.reset@9", "tof.reset@10:left", "tof.nak@12+1:right"),
        ("imu.hang@6+3", "imu.frozen@11+1", "imu.nak@14+1", "tof.frozen@11+1:both"),
    ],
)
def test_under_heap_lock_faults_of_the_bus_cost_no_memory(
    make_car: Make, faults: tuple[str, ...]
) -> None:
    car = make_car(world="office", seed=1, faults=[parse(fault) for fault in faults])
    car.run(1.0)
    stop_afresh(car)
    now = car.board.now_us
    car.station.arm(now + 2_000_000)
    car.station.mode("AUTO", now + 2_300_000)
    car.board.type(LOCKED + b"\x04")
    car.run(18)
    console = car.console.decode()
    assert "locked for 1200 ticks; failures 0" in console, console
    assert any("IMU" in text for text in car.station.texts)
    assert car.station.last("LOOP_TIMING").overruns == 0
