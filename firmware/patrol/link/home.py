"""HOME: a place in the local frame and where on Earth it is, so that the car can tell its own.

The car has no satellite receiver. A ground station says where HOME is; from there on odometry
counts, on a plane (of WGS 84's equatorial radius; the local frame's x is taken for north).
A longitude in 1e-7 degrees is no small integer beyond +-107.4 degrees: it is kept in two halves.
"""

from struct import pack_into

from patrol.control.trig import cos_urad
from patrol.link.payload import get_i16, get_u16
from patrol.portable import const

_MOST_LATITUDE = const(12_969)  # * 2**16: 85 degrees; beyond, a plane is none
_HALF_TURN = const(27_465)  # * 2**16 + _HALF_TURN_LOW: 180 degrees
_HALF_TURN_LOW = const(53_760)
_TURN = const(54_931)  # 360 degrees, likewise
_TURN_LOW = const(41_984)
_FAR_MM = const(100_000_000)
_MM = const(222_639)  # along a meridian, of 20,000 * 1e-7 degrees


def _degrees(mm):
    """A way along a meridian in 1e-7 degrees, rounded down; not more than 100 km."""
    if mm > _FAR_MM:
        mm = _FAR_MM
    elif mm < -_FAR_MM:
        mm = -_FAR_MM
    whole = mm // _MM
    rest = (mm - whole * _MM) * 4_000
    part = rest // _MM
    return whole * 20_000 + part * 5 + (rest - part * _MM) * 5 // _MM


class Home:
    """`known`: where on Earth it is. `x`, `y` in mm are its place in the local frame, `altitude`
    is in mm above the sea."""

    def __init__(self):
        self.known = False
        self.x = 0
        self.y = 0
        self.altitude = 0
        self._latitude = 0
        self._low = 0  # of the longitude
        self._high = 0
        self._stretch = 0  # 2**14 / cos(latitude)

    def set(self, buf, at):
        """Takes latitude and longitude as int32: whether they are a place for a car."""
        latitude = get_i16(buf, at + 2)
        low = get_u16(buf, at + 4)
        high = get_i16(buf, at + 6)
        if not -_MOST_LATITUDE <= latitude < _MOST_LATITUDE or (
            high > _HALF_TURN
            or (high == _HALF_TURN and low > _HALF_TURN_LOW)
            or high < -_HALF_TURN - 1
            or (high == -_HALF_TURN - 1 and low < 65_536 - _HALF_TURN_LOW)
        ):
            return False
        self._latitude = latitude = latitude << 16 | get_u16(buf, at)
        urad = latitude // 573
        urad += urad // 13_576  # since it is 572.9578
        self._stretch = (1 << 28) // cos_urad(urad)
        self._low = low
        self._high = high
        self.known = True
        return True

    def put(self, buf, at, x, y):
        """Writes latitude and longitude of a place in the local frame, in mm."""
        east = _degrees(y - self.y)
        stretch = self._stretch
        part = (east >> 12) * stretch
        east = (part >> 2) + (((part & 3) << 12) + (east & 4_095) * stretch >> 14)
        low = self._low + (east & 0xFFFF)
        high = self._high + (east >> 16) + (low >> 16)
        low &= 0xFFFF
        if high > _HALF_TURN or (high == _HALF_TURN and low > _HALF_TURN_LOW):
            high -= _TURN
            low -= _TURN_LOW
        elif high < -_HALF_TURN - 1 or (high == -_HALF_TURN - 1 and low < 65_536 - _HALF_TURN_LOW):
            high += _TURN
            low += _TURN_LOW
        high += low >> 16
        pack_into("<iHh", buf, at, self._latitude + _degrees(x - self.x), low & 0xFFFF, high)
