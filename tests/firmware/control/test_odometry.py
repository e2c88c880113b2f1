"""Where the car is, by counts and rates."""

import math

import pytest
from patrol import car
from patrol.control.odometry import Odometry

COUNT_M = 156_501e-9
TRACK_M = 0.130


class Truth:
    """Drives an Odometry and knows the true pose; the gyro may have a scale error."""

    def __init__(self, gyro=True, scale=1.0):
        self.odometry = Odometry(car.NM_PER_COUNT, car.NM_PER_COUNT, car.TRACK_MM * 100)
        self.x = self.y = self.yaw = 0.0
        self.gyro = gyro
        self.scale = scale
        self._left = self._right = 0.0

    def drive(self, left, right, ticks, slip_left=0.0):
        """Wheel speeds in m/s; `slip_left` is what the left one turns without moving the car."""
        for _ in range(ticks):
            rate = (left - right) / TRACK_M
            v = (left + right) / 2
            self.x += v * math.cos(self.yaw + rate * 0.005) * 0.01
            self.y += v * math.sin(self.yaw + rate * 0.005) * 0.01
            self.yaw += rate * 0.01
            was = math.floor(self._left), math.floor(self._right)
            self._left += (left + slip_left) * 0.01 / COUNT_M
            self._right += right * 0.01 / COUNT_M
            self.odometry.step(
                math.floor(self._left) - was[0],
                math.floor(self._right) - was[1],
                10_000,
                round(rate * 1e6 * self.scale),
                self.gyro,
            )

    def off(self):
        o = self.odometry
        return math.hypot(o.x / 1000 - self.x, o.y / 1000 - self.y)

    def turned_off(self):
        return abs(math.remainder(self.odometry.heading / 1000 - self.yaw, math.tau))


@pytest.mark.parametrize("gyro", [True, False], ids=["gyro", "wheels alone"])
def test_a_square_ends_where_it_began(gyro):
    truth = Truth(gyro)
    for _ in range(4):
        truth.drive(0.3, 0.3, 300)
        truth.drive(0.1, -0.1, 102)
    assert truth.off() < 0.01
    assert truth.turned_off() < 0.01


def test_right_is_positive():
    truth = Truth()
    truth.drive(0.2, 0.1, 100)
    assert truth.odometry.heading > 0
    assert truth.odometry.y > 0
    assert truth.odometry.turn == pytest.approx(769, abs=15)
    assert truth.odometry.speed == pytest.approx(150, abs=16)


def test_a_wheel_that_slips_does_not_turn_the_heading():
    truth = Truth()
    truth.drive(0.2, 0.2, 100, slip_left=0.3)
    assert truth.turned_off() < 0.02
    assert truth.odometry.slips > 0


@pytest.mark.parametrize("scale", [0.97, 1.025])
def test_the_gyros_scale_is_found_by_the_wheels_and_the_heading_keeps_up(scale):
    truth = Truth(scale=scale)
    truth.drive(0.13, -0.13, 1_000)  # 20 rad
    assert truth.turned_off() < 0.01
    assert truth.odometry.scale == pytest.approx((1 / scale - 1) * 2**14, abs=10)
    assert truth.odometry.slips == 0


def test_once_it_is_known_the_gyro_alone_tells_a_turn_in_which_the_wheels_slip():
    truth = Truth(scale=1.02)
    truth.drive(0.13, -0.13, 1_000)
    before = truth.turned_off()
    truth.drive(0.13, -0.13, 300, slip_left=0.05)  # 6 rad; the wheels say 1.2 rad more
    assert truth.turned_off() - before < 0.02


def test_slip_teaches_no_scale():
    truth = Truth()
    for _ in range(50):
        truth.drive(0.13, -0.13, 20, slip_left=0.05)
        truth.drive(0.0, 0.0, 5)
    assert abs(truth.odometry.scale) < 16  # 0.1 %


def test_a_scale_beyond_4_percent_is_not_believed():
    truth = Truth(scale=1.055)
    truth.drive(0.13, -0.13, 3_000)
    assert truth.odometry.scale == -655


def test_straight_ahead_a_wheel_that_is_a_percent_larger_turns_no_heading():
    truth = Truth()
    for _ in range(100):
        truth.drive(0.3, 0.3, 10, slip_left=0.003)
    assert truth.turned_off() < 0.01


def test_a_hand_that_turns_it_on_standing_wheels_is_followed():
    truth = Truth()
    truth.drive(0, 0, 60)
    heading = truth.odometry.heading
    for _ in range(100):
        truth.odometry.step(0, 0, 10_000, 300_000, True)
    assert truth.odometry.heading - heading == pytest.approx(300, abs=2)
    assert truth.odometry.at_rest


def test_a_gyro_that_comes_and_goes_makes_no_jump():
    truth = Truth()
    was = 0
    for tick in range(400):
        truth.gyro = tick // 7 % 3 != 0
        truth.drive(0.13, -0.1, 1)
        heading = truth.odometry.heading
        step = math.remainder(heading - was, 2000 * math.pi)
        assert 10 < step < 25  # 17.7 mrad, and a wheel's count is 1.2
        was = heading


def test_at_rest_the_gyros_noise_turns_nothing():
    truth = Truth()
    truth.drive(0.2, 0.2, 20)
    truth.drive(0, 0, 60)
    assert truth.odometry.at_rest
    heading = truth.odometry.heading
    for _ in range(1_000):
        truth.odometry.step(0, 0, 10_000, 5_000, True)
    assert truth.odometry.heading == heading


def test_a_long_tick_counts_for_as_long_as_it_was():
    odometry = Odometry(car.NM_PER_COUNT, car.NM_PER_COUNT, car.TRACK_MM * 100)
    odometry.step(100, 0, 50_000, 2_000_000, True)
    assert odometry.heading == 100
