"""Time series: what is kept, what a window holds, and that decimation draws the same picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolcar.view.series import Series, break_wraps, decimate


@given(st.integers(1, 40), st.integers(0, 200))
def test_a_ring_holds_exactly_the_last_samples(capacity: int, count: int) -> None:
    series = Series(1, capacity)
    for i in range(count):
        series.append(float(i), i * 10.0)
    time_s, values = series.window()
    expected = np.arange(max(0, count - capacity), count)
    assert time_s.tolist() == expected.tolist()
    assert values[:, 0].tolist() == (expected * 10.0).tolist()


def test_a_series_without_capacity_keeps_everything() -> None:
    series = Series(2)
    for i in range(5000):
        series.append(i, i, -i)
    assert len(series) == 5000
    assert series.window()[1][4999].tolist() == [4999, -4999]


def test_a_window_begins_at_the_asked_time() -> None:
    series = Series(1, 100)
    for i in range(150):
        series.append(i / 10, i)
    time_s, _ = series.window(12.0)
    assert time_s[0] == pytest.approx(12.0)
    assert len(time_s) == 30


def test_clearing_forgets_all() -> None:
    series = Series(1, 10)
    series.append(1.0, 2.0)
    series.clear()
    assert len(series) == 0


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=3000), st.integers(1, 300))
def test_decimation_keeps_the_extremes_and_bounds_the_count(
    numbers: list[float], pixels: int
) -> None:
    value = np.array(numbers)
    time_s, out = decimate(np.arange(len(value), dtype=float), value, pixels)
    assert len(out) <= 2 * pixels
    assert out.min() == value.min()
    assert out.max() == value.max()
    assert (np.diff(time_s) >= 0).all()


def test_decimation_keeps_a_spike_of_one_sample() -> None:
    value = np.zeros(10000)
    value[7777] = 5.0
    assert decimate(np.arange(10000.0), value, 100)[1].max() == 5.0


def test_decimation_keeps_gaps() -> None:
    value = np.zeros(1000)
    value[400:600] = np.nan
    time_s, out = decimate(np.arange(1000.0), value, 50)
    assert np.isnan(out[(time_s > 410) & (time_s < 590)]).all()
    assert not np.isnan(out[time_s < 390]).any()


def test_a_heading_that_wraps_leaves_a_gap_instead_of_a_stroke() -> None:
    broken = break_wraps(np.array([170.0, 179.0, -179.0, -170.0]), 180.0)
    assert np.isnan(broken).tolist() == [False, False, True, False]
