"""Sticks, and their silence."""

import pytest
from patrol import car
from patrol.behaviour.manual import TIMEOUT_MS, Manual


class Drive:
    wish = None

    def want(self, speed, turn):
        self.wish = (speed, turn)


class Odometry:
    heading = 300
    turn = 0


@pytest.fixture
def odometry():
    return Odometry()


@pytest.fixture
def parts(odometry):
    drive = Drive()
    manual = Manual(drive, odometry)
    manual.start()
    return drive, manual


def test_full_sticks_are_the_cars_limits(parts):
    drive, manual = parts
    manual.sticks(1000, -1000, 0)
    manual.step(10, False)
    assert drive.wish == (car.MAX_SPEED_MM_S, -car.MAX_TURN_MRAD_S)


def test_silence_stops_the_car_and_is_told_once(parts):
    drive, manual = parts
    manual.sticks(500, 0, 1_000)
    assert not manual.step(1_000 + TIMEOUT_MS - 10, False)
    assert drive.wish[0] > 0
    assert manual.step(1_000 + TIMEOUT_MS, False)
    assert drive.wish == (0, 0)
    assert not manual.step(1_010 + TIMEOUT_MS, False)


def test_a_pressed_bumper_allows_only_back(parts):
    drive, manual = parts
    manual.sticks(500, 100, 0)
    manual.step(10, True)
    assert drive.wish[0] == 0
    manual.sticks(-500, 0, 20)
    manual.step(30, True)
    assert drive.wish[0] < 0


def test_values_that_mavlink_does_not_allow_count_as_centred(parts):
    drive, manual = parts
    manual.sticks(32767, -32768, 0)
    manual.step(10, False)
    assert drive.wish == (0, 0)


def test_straight_ahead_it_holds_the_heading_that_it_has_after_a_turn(parts, odometry):
    drive, manual = parts
    manual.sticks(500, 0, 0)
    odometry.turn = 400
    manual.step(10, False)  # the turn is not over
    odometry.turn = 0
    odometry.heading = 500
    manual.step(20, False)
    odometry.heading = 480
    manual.step(30, False)
    assert drive.wish[1] > 0
    manual.sticks(500, -100, 40)
    manual.step(50, False)
    assert drive.wish[1] == -car.MAX_TURN_MRAD_S // 10


def test_a_heading_from_before_a_silence_is_forgotten(parts, odometry):
    drive, manual = parts
    manual.sticks(500, 0, 0)
    manual.step(10, False)
    assert manual.step(10 + TIMEOUT_MS, False)
    odometry.heading = -1_000  # somebody has turned it meanwhile
    manual.sticks(500, 0, 2_000)
    manual.step(2_010, False)
    manual.step(2_020, False)
    assert drive.wish == (car.MAX_SPEED_MM_S // 2, 0)
