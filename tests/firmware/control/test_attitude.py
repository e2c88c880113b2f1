"""Roll and pitch from gravity."""

import pytest
from patrol.control.attitude import Attitude


def stepped(x, y, z, steps=1):
    attitude = Attitude()
    for _ in range(steps):
        attitude.step(x, y, z)
    return attitude


def test_upright_is_level():
    attitude = stepped(0, 0, 8192, 20)
    assert (attitude.roll, attitude.pitch) == (0, 0)


def test_nose_up_and_right_side_down_are_positive():
    # At rest the accelerometer shows up: forward when the nose is up, left when the right is down.
    assert stepped(1000, 0, 8130).pitch == pytest.approx(122, abs=3)
    assert stepped(0, -1000, 8130).roll == pytest.approx(122, abs=3)
