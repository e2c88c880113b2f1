"""Turning to a heading and holding it: a turning rate from the error, in mrad and mrad/s."""

from patrol.control.trig import wrap_mrad
from patrol.portable import const

_GAIN_PERCENT = const(450)  # 4.5 / s
_NEAR_MRAD = const(35)  # 2 degrees
_LEAST_MRAD_S = const(250)  # slower than that the gearboxes stick


def hold(heading, target, most):
    """The turning rate that keeps a heading while driving, at most `most`."""
    rate = wrap_mrad(target - heading) * _GAIN_PERCENT // 100
    return most if rate > most else (-most if rate < -most else rate)


def turn_to(heading, target, most):
    """The turning rate that turns on the spot to a heading; 0 once it points there."""
    off = wrap_mrad(target - heading)
    if -_NEAR_MRAD < off < _NEAR_MRAD:
        return 0
    rate = hold(heading, target, most)
    if rate < 0:
        return rate if rate < -_LEAST_MRAD_S else -_LEAST_MRAD_S
    return rate if rate > _LEAST_MRAD_S else _LEAST_MRAD_S
