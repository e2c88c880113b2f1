"""Sine, cosine and arc tangent of integers. Angles in mrad or urad, results scaled by 2**14."""

from array import array
from math import sin

from patrol.portable import const

PI_MRAD = const(3_142)
PI_URAD = const(3_141_593)
_TURN_URAD = const(6_283_185)
_QUARTER_URAD = const(1_570_796)
_STEPS = const(128)
ONE = const(16_384)

# A quarter wave; between two entries the error of a straight line is below 2e-5.
_SINE = array(
    "h", [int(ONE * sin(i * 1.5707963267948966 / _STEPS) + 0.5) for i in range(_STEPS + 1)]
)
_SINE.append(ONE)


def wrap_urad(angle):
    """The same angle within +-pi; the argument within +-3 pi."""
    if angle > PI_URAD:
        return angle - _TURN_URAD
    if angle < -PI_URAD:
        return angle + _TURN_URAD
    return angle


def wrap_mrad(angle):
    """The same angle within +-pi, any argument."""
    return (angle + PI_MRAD) % 6_283 - PI_MRAD


def sin_urad(angle):
    """sin(angle) * 2**14 for an angle within +-3 pi, in urad."""
    sign = 1
    if angle < 0:
        angle = -angle
        sign = -1
    if angle >= _TURN_URAD:
        angle -= _TURN_URAD
    if angle >= PI_URAD:
        angle -= PI_URAD
        sign = -sign
    if angle > _QUARTER_URAD:
        angle = PI_URAD - angle
    angle *= _STEPS
    at = angle // _QUARTER_URAD
    rest = (angle - at * _QUARTER_URAD) >> 8
    low = _SINE[at]
    return sign * (low + ((_SINE[at + 1] - low) * rest + 3_068) // 6_136)


def cos_urad(angle):
    """cos(angle) * 2**14 for an angle within +-2 pi, in urad."""
    return sin_urad(angle + _QUARTER_URAD)


def sin_mrad(angle):
    """sin(angle) * 2**14 for an angle within +-3 pi, in mrad."""
    return sin_urad(angle * 1000)


def cos_mrad(angle):
    """cos(angle) * 2**14 for an angle within +-2 pi, in mrad."""
    return sin_urad(angle * 1000 + _QUARTER_URAD)


def atan2_mrad(y, x):
    """The angle of (x, y) from the x axis, in mrad, within 4 mrad. |x|, |y| < 2**20; 0 for (0, 0).

    Minimax polynomial of S. Rajan et al., "Efficient approximations for the arctangent function",
    IEEE Signal Processing Magazine 23 (2006), equation 9.
    """
    ax = x if x >= 0 else -x
    ay = y if y >= 0 else -y
    big = ax if ax > ay else ay
    if big == 0:
        return 0
    z = ((ay if ax > ay else ax) * 1000 + (big >> 1)) // big
    angle = (z * 785_398 // 1000 + z * (1000 - z) * (245 + 66 * z // 1000) // 1000 + 500) // 1000
    if ay > ax:
        angle = 1571 - angle
    if x < 0:
        angle = PI_MRAD - angle
    return -angle if y < 0 else angle
