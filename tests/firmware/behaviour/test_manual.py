"""Sticks, and their silence."""

import pytest
from patrol import car
from patrol.behaviour.manual import TIMEOUT_MS, Manual


class Drive:
    wish = None

    def want(self, speed, turn):
        self.wish = (speed, turn)


@pytest.fixture
def parts():
    drive = Drive()
    manual = Manual(drive, car)
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
