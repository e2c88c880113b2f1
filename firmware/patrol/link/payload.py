"""Numbers in and out of a payload without allocating, and bytes from one buffer to another.

A float object costs 16 bytes of heap, so floats on the wire are made from scaled integers and
back. Viper here uses only `ptr8` and keeps every value inside 32 bits; see frame.py.
"""

from patrol.portable import const, micropython

INVALID = const(-0x40000000)  # what get_scaled returns for NaN
_MOST = const(0x3FFFFFFF)  # and its largest number: both are small integers on 32 bits


@micropython.viper
def copy(target: ptr8, to: int, source: ptr8, start: int, count: int):
    """target[to:][:count] = source[start:][:count]; within one buffer only downwards."""
    stop = start + count
    while start < stop:
        target[to] = source[start]
        to += 1
        start += 1


@micropython.viper
def clear(buf: ptr8, start: int, stop: int):
    """Zeroes buf[start:stop]."""
    while start < stop:
        buf[start] = 0
        start += 1


@micropython.viper
def put_float(buf: ptr8, off: int, value: int, denominator: int):
    """Writes value / denominator as a little-endian IEEE-754 single, rounded to nearest even.

    |value| < 2**30, 1 <= denominator <= 2**20: milliradians become radians with 1000.
    """
    sign = 0
    if value < 0:
        sign = 0x80
        value = 0 - value
    exponent = 0
    q = 0
    if value:
        # value / denominator = (q + rest / denominator) * 2 ** (exponent - 151)
        exponent = 151
        q = value // denominator
        rest = value - q * denominator
        while q < (1 << 24):
            step = 1
            if q < (1 << 15):
                step = 10
            elif q < (1 << 20):
                step = 5
            rest = rest << step
            x = rest // denominator
            rest = rest - x * denominator
            q = (q << step) + x
            exponent -= step
        sticky = 0
        if rest:
            sticky = 1
        while q >= (1 << 25):
            sticky = sticky | (q & 1)
            q = q >> 1
            exponent += 1
        # 25 bits: the 24 of the mantissa and one to round by
        q = (q + ((q >> 1) & 1 | sticky)) >> 1
        if q >= (1 << 24):
            q = q >> 1
            exponent += 1
    buf[off] = q & 0xFF
    buf[off + 1] = (q >> 8) & 0xFF
    buf[off + 2] = (q >> 16) & 0x7F | ((exponent & 1) << 7)
    buf[off + 3] = sign | (exponent >> 1)


def get_scaled(buf, off, scale):
    """Reads a little-endian single x: x * scale, rounded to nearest, ties to even.

    1 <= scale <= 2**20. Clamped to +-(2**30 - 1); INVALID for NaN. Only commands need it, so it
    is bytecode, a third of viper's size; every step stays a small integer on 32 bits.
    """
    top = buf[off + 3]
    m = (buf[off + 2] & 0x7F) << 16 | buf[off + 1] << 8 | buf[off]
    exponent = (top & 0x7F) << 1 | buf[off + 2] >> 7
    if exponent == 255 and m:
        return INVALID
    if exponent:
        m |= 1 << 23
    # m * scale * 2 ** (exponent - 150); the product, of 44 bits, is high * 2**24 + low
    middle = (m >> 8 & 0xFF) * scale
    high = (m >> 16) * scale
    low = (m & 0xFF) * scale + ((middle & 0xFFFF) << 8) + ((high & 0xFF) << 16)
    high = (middle >> 16) + (high >> 8) + (low >> 24)
    low &= 0xFFFFFF
    n = 150 - (exponent or 1)  # to be shifted right by this
    result = 0
    if n <= 0:
        while n < 0 and high < 64:
            high = high << 1 | low >> 23
            low = low << 1 & 0xFFFFFF
            n += 1
        result = high << 24 | low if high < 64 else _MOST
    elif n <= 48:
        sticky = 0
        if n > 24:
            sticky = 1 if low else 0
            low = high
            high = 0
            n -= 24
        if high >> n >= 64:
            result = _MOST
        else:
            result = high << (24 - n) | low >> n
            # up when above half-way, or on it with an odd result or something below
            half = 1 << (n - 1)
            low &= half + half - 1
            if low + (sticky | result & 1) > half and result < _MOST:
                result += 1
    return -result if top & 0x80 else result


def put_product(buf, off, value, factor, addend):
    """Writes value * factor + addend as little-endian uint64, which may exceed a small integer.

    0 <= value < 2**30, 0 <= factor <= 2**20, 0 <= addend < 2**29: ms to ns, for instance.
    """
    for i in range(off, off + 8):
        addend += (value & 0xFF) * factor
        value >>= 8
        buf[i] = addend & 0xFF
        addend >>= 8


def get_u16(buf, off):
    """A little-endian uint16."""
    return buf[off] | buf[off + 1] << 8


def get_i16(buf, off):
    """A little-endian int16."""
    return (buf[off] | (buf[off + 1] ^ 0x80) << 8) - 0x8000
