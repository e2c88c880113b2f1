"""The speed loop on a first-order motor."""

import pytest
from patrol import car
from patrol.control.wheel_speed import WheelSpeed


class Wheel:
    """5.8 mV for 1 mm/s, 0.5 V of friction, 60 ms."""

    def __init__(self, battery_mv=7_400):
        self.battery_mv = battery_mv
        self.speed = 0.0
        self.loop = WheelSpeed(car.UV_PER_MM_S, car.INERTIA_UV, car.FRICTION_MV, 950)
        self.duty = 0

    def run(self, setpoint, ticks, load_mv=0):
        for _ in range(ticks):
            self.duty = self.loop.step(setpoint, round(self.speed), self.battery_mv)
            mv = self.duty * self.battery_mv / 1000
            mv -= min(abs(mv), 500 + load_mv) * (1 if mv > 0 else -1)
            self.speed += (mv / 5.8 - self.speed) * 10 / 60


@pytest.mark.parametrize("setpoint", [40, 150, 360, 500, -100, -360])
@pytest.mark.parametrize("battery_mv", [6_400, 8_400])
def test_the_wanted_speed_is_reached_whatever_the_battery(setpoint, battery_mv):
    wheel = Wheel(battery_mv)
    wheel.run(setpoint, 150)
    assert wheel.speed == pytest.approx(setpoint, abs=8)


def test_a_load_is_made_up_for():
    wheel = Wheel()
    wheel.run(300, 200, load_mv=800)
    assert wheel.speed == pytest.approx(300, abs=8)


def test_a_wheel_that_was_held_does_not_race_when_let_go():
    wheel = Wheel()
    wheel.run(300, 500, load_mv=20_000)  # held for 5 s at the limit
    most = 0.0
    for _ in range(100):
        wheel.run(300, 1)
        most = max(most, wheel.speed)
    assert most < 800  # 2.5 V of integral are all that it has gathered
    wheel.run(300, 100)
    assert wheel.speed == pytest.approx(300, abs=8)


def test_the_duty_never_leaves_its_limit():
    wheel = Wheel(5_000)
    for setpoint in (2_000, -2_000):
        wheel.run(setpoint, 100)
        assert abs(wheel.duty) <= 950


def test_a_reading_of_an_empty_pack_does_not_ask_for_more_than_at_5_volts():
    one, other = Wheel(5_000), Wheel(0)
    assert one.loop.step(100, 0, 5_000) == other.loop.step(100, 0, 0)
