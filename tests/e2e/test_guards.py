"""A loop that hangs loses its motors, whatever it hangs in; a person at the prompt is left alone.

Hard timers of the virtual board fire when the program asks the chip for something, so a loop that
computes without any such call is not seen by the deadman here, only by the watchdog; on the chip
the deadman's interrupt comes then as well. What sleeps or polls shows the deadman's own time.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patrolcar_sim.board.lockstep import Cause
from patrolcar_sim.car import VirtualCar
from prompt import type_afresh

DEADMAN_US = 100_000
WATCHDOG_US = 2_000_000
TICK_US = 10_000
MakeCar = Callable[..., VirtualCar]

PROGRAM = """
import time
from patrol.app import Car
car = Car()
sample = car.bumper.sample
hung = False
def task():
    global hung
    if not hung and car.drive.powered and car.schedule.ticks > 400:
        hung = True
        {hang}
    sample()
car.bumper.sample = task
car.run()
"""
SLEEPS = "time.sleep_ms(1500)"
POLLS = """end = time.ticks_add(time.ticks_us(), 200_000)
        while time.ticks_diff(end, time.ticks_us()) > 0: pass"""
COMPUTES = "while True: hung = not hung"
IN_C = "sum(range(10**12))"


class Power:
    """When the bridge's STBY pin rose and fell, as the world sees it."""

    def __init__(self, car: VirtualCar) -> None:
        self.changes: list[tuple[int, bool]] = []
        world, told = car.world, car.world.set_standby

        def set_standby(enabled: bool) -> None:
            if not self.changes or self.changes[-1][1] != enabled:
                self.changes.append((car.board.now_us, enabled))
            told(enabled)

        world.set_standby = set_standby  # type: ignore[method-assign]

    @property
    def on(self) -> bool:
        return bool(self.changes) and self.changes[-1][1]


def driving(make_car: MakeCar, hang: str) -> tuple[VirtualCar, Power]:
    """A car under way in MANUAL whose loop will hang; its sticks go on."""
    car = make_car(world="empty", seed=1)
    power = Power(car)
    car.run(1.5)
    type_afresh(car, PROGRAM.format(hang=hang))
    car.board.resets.clear()  # but for that one
    start = car.board.now_us
    car.station.arm(start + 2_000_000)
    car.station.mode("MANUAL", start + 2_200_000)
    for at_us in range(2_300_000, 8_000_000, 100_000):
        car.station.manual(400, 0, start + at_us)
    car.until(lambda: power.on, 4.0)
    return car, power


def last_sign_us(car: VirtualCar) -> int:
    """When the loop was last heard of: what a tick sends, it sends at that tick's end."""
    at_us, _ = car.station.messages[-1]
    return int(at_us)


@pytest.mark.parametrize("hang", [SLEEPS, POLLS], ids=["sleeps", "polls"])
def test_a_loop_that_stands_still_loses_its_motors_within_100_ms(
    make_car: MakeCar, hang: str
) -> None:
    car, power = driving(make_car, hang)
    on_us, _ = power.changes[-1]
    car.until(lambda: not power.on, 6.0)
    off_us, _ = power.changes[-1]
    assert off_us - on_us > 500_000  # it drove
    still_us = off_us - last_sign_us(car)
    print(f"without power {still_us / 1000:.1f} ms after the loop's last word")
    assert still_us <= DEADMAN_US + TICK_US
    x, y, _ = car.world.pose()
    car.run(3.0)
    assert "loop stood still: motors cut" in car.station.texts
    assert not car.board.resets  # and the watchdog had not to come
    assert car.station.last("HEARTBEAT").system_status == 5  # FAULT
    assert not power.on
    far = ((car.world.pose()[0] - x) ** 2 + (car.world.pose()[1] - y) ** 2) ** 0.5
    print(f"rolled on for {far * 1000:.0f} mm")
    assert far < 0.15


@pytest.mark.parametrize("hang", [COMPUTES, IN_C], ids=["computes", "in C"])
def test_a_loop_that_computes_for_ever_is_ended_by_the_watchdog(
    make_car: MakeCar, hang: str
) -> None:
    car, power = driving(make_car, hang)
    car.until(lambda: bool(car.board.resets), 8.0)
    assert car.board.resets == [Cause.WATCHDOG]
    off_us, _ = power.changes[-1]
    took_us = off_us - last_sign_us(car)
    print(f"reset {took_us / 1000:.0f} ms after the loop's last word")
    assert took_us <= WATCHDOG_US + 10 * TICK_US
    assert not power.on
    car.run(3.0)
    assert "started by the watchdog" in car.station.texts
    assert not power.on


def test_ctrl_c_stops_the_motors_and_the_watchdog_leaves_the_person_alone(
    make_car: MakeCar,
) -> None:
    car = make_car(world="empty", seed=1)
    power = Power(car)
    car.arm("MANUAL")
    car.steer(400, 0, 1.0)
    assert power.on
    car.board.type(b"\x03")
    pressed_us = car.board.now_us
    car.until(lambda: not power.on, 1.0)
    print(f"without power {(power.changes[-1][0] - pressed_us) / 1000:.1f} ms after Ctrl-C")
    assert power.changes[-1][0] - pressed_us <= 2 * TICK_US
    car.run(0.5)
    assert b"KeyboardInterrupt" in car.console
    car.console.clear()
    for _ in range(3):  # more than the watchdog's time each: at the prompt, and in a program
        car.run(2.5)
        car.board.type(b"import time; time.sleep(3); print('alive')\r")
        car.run(3.5)
    assert car.console.count(b"alive\r\n") == 3
    assert car.board.resets == [Cause.POWER_ON]
    assert not power.on


@pytest.mark.parametrize("how", ["prompt", "program"])
def test_a_soft_reset_stops_the_motors(make_car: MakeCar, how: str) -> None:
    if how == "prompt":
        car = make_car(world="empty", seed=1)
        power = Power(car)
        car.arm("MANUAL")
        car.steer(400, 0, 1.0)
        assert power.on
        car.board.type(b"\x03\x04")
    else:
        car, power = driving(make_car, "import machine; machine.soft_reset()")
    begun_us = car.board.now_us
    car.until(lambda: not power.on, 4.0)
    assert how == "program" or power.changes[-1][0] - begun_us <= 2 * TICK_US
    car.until(lambda: Cause.SOFT in car.board.resets, 3.0)
    car.run(4.0)
    assert Cause.WATCHDOG not in car.board.resets  # it runs on over a soft reset, and is fed
    assert not power.on
    car.world.advance(car.board.now_us)
    before = car.world.distance_m
    car.run(1.0)
    assert car.world.distance_m - before < 0.001
