"""Integer trigonometry against the real one."""

import math

from hypothesis import given
from hypothesis import strategies as st
from patrol.control import trig


@given(st.integers(-9_000_000, 9_000_000))
def test_sine_is_right_to_one_part_in_ten_thousand(urad):
    assert abs(trig.sin_urad(urad) / trig.ONE - math.sin(urad / 1e6)) < 1e-4


@given(st.integers(-6_000, 6_000))
def test_cosine_is_right_to_one_part_in_ten_thousand(mrad):
    assert abs(trig.cos_mrad(mrad) / trig.ONE - math.cos(mrad / 1e3)) < 1e-4


@given(st.integers(-(2**20) + 1, 2**20 - 1), st.integers(-(2**20) + 1, 2**20 - 1))
def test_arc_tangent_is_right_to_4_mrad(y, x):
    off = math.remainder(trig.atan2_mrad(y, x) / 1000 - math.atan2(y, x), math.tau)
    assert abs(off) < 0.004


@given(st.integers(-100_000, 100_000))
def test_wrapping_keeps_the_direction(mrad):
    wrapped = trig.wrap_mrad(mrad)
    assert -3_142 <= wrapped <= 3_142
    # 2 pi is taken as 6.283: 0.2 mrad a turn
    assert abs(math.remainder(wrapped / 1000 - mrad / 1000, math.tau)) < 0.001 + abs(mrad) * 4e-8
