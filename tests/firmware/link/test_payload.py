"""Numbers in and out of a payload, against exact fractions."""

import math
import struct
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st
from patrol.link import payload

MOST = 2**30 - 1
small = st.integers(-MOST, MOST)
denominators = st.sampled_from([1, 10, 100, 1000, 1_000_000])
scales = st.sampled_from([1, 10, 100, 1000, 1_000_000, 2**20]) | st.integers(1, 2**20)
bits = st.integers(0, 2**32 - 1)
halves = st.builds(
    lambda n, k: struct.unpack("<I", struct.pack("<f", (n + 0.5) / 2**k))[0],
    st.integers(-5000, 5000),
    st.integers(0, 20),
)


def nearest_single(value):
    """A fraction as the bytes of the nearest IEEE-754 single, ties to even, without any float."""
    if not value:
        return struct.pack("<I", 0)
    sign, value, exponent = int(value < 0), abs(value), 150
    while value >= 2**24:
        value, exponent = value / 2, exponent + 1
    while value < 2**23:
        value, exponent = value * 2, exponent - 1
    # round() of a Fraction is exact and to even; a carry runs into the exponent, as it should.
    return struct.pack("<I", (sign << 31) + ((exponent - 1) << 23) + round(value))


@given(small, denominators)
@example(2**24 + 1, 1)
@example(2**25 + 2, 1)
@example(2**25 - 1, 1)
@example(MOST, 1)
@example(1, 1_000_000)
@example(0, 1000)
def test_put_float_writes_the_nearest_single(value, denominator):
    buf = bytearray(b"\xaa" * 6)
    payload.put_float(buf, 1, value, denominator)
    assert bytes(buf) == b"\xaa" + nearest_single(Fraction(value, denominator)) + b"\xaa"


@given(bits | halves, scales)
@example(0x7F800000, 1)  # infinity
@example(0xFF800000, 1000)
@example(0x7FC00000, 1000)  # NaN
@example(0x00000001, 2**20)  # the smallest subnormal
@example(0x3F000000, 1)  # 0.5: a tie to the even 0
@example(0x4E7FFFFF, 1)  # just below 2**30
def test_get_scaled_is_the_rounded_product(pattern, scale):
    raw = struct.pack("<I", pattern)
    x = struct.unpack("<f", raw)[0]
    if math.isnan(x):
        expected = payload.INVALID
    elif math.isinf(x):
        expected = int(math.copysign(MOST, x))
    else:
        expected = max(-MOST, min(MOST, round(Fraction(x) * scale)))
    assert payload.get_scaled(raw, 0, scale) == expected


@given(st.integers(-(2**22), 2**22), denominators)
def test_a_number_written_and_read_with_its_denominator_is_itself(value, denominator):
    buf = bytearray(4)
    payload.put_float(buf, 0, value, denominator)
    assert payload.get_scaled(buf, 0, denominator) == value


@given(st.integers(0, MOST), st.integers(0, 2**20), st.integers(0, 2**29 - 1))
def test_put_product_writes_64_bits(value, factor, addend):
    buf = bytearray(8)
    payload.put_product(buf, 0, value, factor, addend)
    assert struct.unpack("<Q", buf)[0] == value * factor + addend


@given(st.binary(min_size=4, max_size=4))
def test_16_bit_readers_agree_with_struct(raw):
    assert payload.get_i16(raw, 1) == struct.unpack_from("<h", raw, 1)[0]
    assert payload.get_u16(raw, 1) == struct.unpack_from("<H", raw, 1)[0]
