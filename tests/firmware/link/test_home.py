"""HOME by integers, held against floats: at every longitude, and as far as 85 degrees north."""

import math
from struct import pack, unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patrol.link.home import Home

RADIUS_M = 6_378_137  # WGS 84, at the equator
E7 = 10_000_000
PLACES = (-122.4, 139.7, 180.0, -180.0, 107.38, 0.0)

latitudes = st.integers(-85 * E7 + 100_000, 85 * E7 - 100_000)
longitudes = st.one_of(
    st.sampled_from([round(x * E7) for x in PLACES]), st.integers(-180 * E7, 180 * E7)
)


def home_at(latitude, longitude):
    home = Home()
    assert home.set(pack("<ii", latitude, longitude), 0)
    return home


def told(home, x, y):
    buf = bytearray(9)
    home.put(buf, 1, x, y)
    return unpack("<ii", buf[1:])


@given(latitudes, longitudes)
def test_home_itself_is_told_as_it_was_set(latitude, longitude):
    assert told(home_at(latitude, longitude), 0, 0) == (latitude, longitude)


@given(latitudes, longitudes, st.integers(-(10**8), 10**8), st.integers(-(10**8), 10**8))
def test_a_place_is_where_floats_say_within_a_thousandth_of_the_way(latitude, longitude, x, y):
    north, east = told(home_at(latitude, longitude), x, y)
    metres = math.radians(1 / E7) * RADIUS_M
    assert (north - latitude) * metres == pytest.approx(x / 1000, abs=0.02, rel=1e-6)
    turn = (east - longitude + 180 * E7) % (360 * E7) - 180 * E7
    there = turn * metres * math.cos(math.radians(latitude / E7))
    assert there == pytest.approx(y / 1000, abs=0.02, rel=1e-3)
    assert -180 * E7 <= east <= 180 * E7


@given(latitudes, longitudes, st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_the_way_counts_from_where_home_is_in_the_local_frame(latitude, longitude, x, y):
    moved = home_at(latitude, longitude)
    moved.x, moved.y = x, y
    assert told(moved, x, y) == (latitude, longitude)
    assert told(moved, 2 * x, 0) == told(home_at(latitude, longitude), x, -y)


def test_east_of_180_degrees_is_west():
    assert told(home_at(0, 180 * E7), 0, 1_000) == (0, -180 * E7 + 89)
    assert told(home_at(0, -180 * E7), 0, -1_000) == (0, 180 * E7 - 90)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (86 * E7, 0),
        (-86 * E7, 0),
        (2**31 - 1, 0),
        (-(2**31), 0),
        (0, 180 * E7 + 1),
        (0, -180 * E7 - 1),
        (0, 2**31 - 1),
        (0, -(2**31)),
    ],
)
def test_what_is_no_place_for_a_car_changes_nothing(latitude, longitude):
    home = home_at(5, 6)
    assert not home.set(pack("<ii", latitude, longitude), 0)
    assert told(home, 0, 0) == (5, 6)
    assert not Home().known


def test_beyond_100_km_it_is_told_as_100_km():
    home = home_at(0, 0)
    assert told(home, 2**29, -(2**29)) == told(home, 10**8, -(10**8))
