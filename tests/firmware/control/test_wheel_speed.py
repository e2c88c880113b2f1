"""The speed loop on a first-order motor."""

import pytest
from patrol.control.wheel_speed import WheelSpeed


class Wheel:
    """5.2 mV for 1 mm/s, 0.68 V of friction, 200 ms; a duty that changes by at most `slew`."""

    def __init__(self, battery_mv=7_400, slew=1_000):
        self.battery_mv = battery_mv
        self.slew = slew
        self.speed = 0.0
        self.loop = WheelSpeed()
        self.duty = 0

    def run(self, setpoint, ticks, load_mv=0):
        for _ in range(ticks):
            duty = self.loop.step(setpoint, round(self.speed), self.battery_mv, self.duty)
            self.duty += max(-self.slew, min(self.slew, duty - self.duty))
            mv = self.duty * self.battery_mv / 1000
            mv -= min(abs(mv), 675 + load_mv) * (1 if mv > 0 else -1)
            self.speed += (mv / 5.2 - self.speed) * 10 / 200


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


@pytest.mark.parametrize(("setpoint", "most"), [(300, 330), (60, 160), (-300, 330)])
def test_a_wheel_that_was_held_hardly_races_when_let_go(setpoint, most):
    wheel = Wheel()
    wheel.run(setpoint, 60, load_mv=20_000)  # longer is a stall, and ends in the brake
    fastest = 0.0
    for _ in range(100):
        wheel.run(setpoint, 1)
        fastest = max(fastest, abs(wheel.speed))
    assert fastest < most
    wheel.run(setpoint, 100)
    assert wheel.speed == pytest.approx(setpoint, abs=8)


def test_a_duty_that_its_slew_limit_holds_back_winds_nothing_up():
    wheel = Wheel(slew=8)
    fastest = 0.0
    for _ in range(200):
        wheel.run(300, 1)
        fastest = max(fastest, wheel.speed)
    assert fastest < 330


def test_a_weak_motor_gets_what_it_needs():
    wheel = Wheel()
    wheel.run(200, 300, load_mv=1_800)
    assert wheel.speed == pytest.approx(200, abs=15)


def test_the_duty_never_leaves_its_limit():
    wheel = Wheel(5_000)
    for setpoint in (2_000, -2_000):
        wheel.run(setpoint, 100)
        assert abs(wheel.duty) <= 950


def test_a_reading_of_an_empty_pack_does_not_ask_for_more_than_at_5_volts():
    one, other = Wheel(5_000), Wheel(0)
    assert one.loop.step(100, 0, 5_000, 0) == other.loop.step(100, 0, 0, 0)
