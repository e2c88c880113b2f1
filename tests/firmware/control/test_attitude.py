"""Roll, pitch and tilt from gravity."""

import pytest
from patrol.control.attitude import Attitude


def stepped(x, y, z, steps=1):
    attitude = Attitude()
    for _ in range(steps):
        attitude.step(x, y, z)
    return attitude


def test_upright_is_level():
    attitude = stepped(0, 0, 8192, 20)
    assert (attitude.roll, attitude.pitch, attitude.tilted) == (0, 0, False)


def test_nose_up_and_right_side_down_are_positive():
    # At rest the accelerometer shows up: forward when the nose is up, left when the right is down.
    assert stepped(1000, 0, 8130).pitch == pytest.approx(122, abs=3)
    assert stepped(0, -1000, 8130).roll == pytest.approx(122, abs=3)


def test_a_tilt_counts_after_a_third_of_a_second():
    assert not stepped(0, 7000, 4000, 6).tilted
    assert stepped(0, 7000, 4000, 7).tilted


def test_upside_down_is_tilted_in_a_tenth_of_a_second():
    assert not stepped(0, 0, -8192, 1).tilted
    assert stepped(0, 0, -8192, 2).tilted
    assert stepped(0, 0, -8192, 10).tilted


def test_set_upright_it_is_not_tilted_any_more():
    attitude = stepped(0, 0, -8192, 10)
    attitude.step(0, 0, 8192)
    assert not attitude.tilted
