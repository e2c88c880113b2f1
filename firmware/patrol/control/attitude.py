"""Roll and pitch from the accelerometer, and whether the car has fallen over."""

from patrol.control.trig import atan2_mrad
from patrol.portable import const

_TILT_MRAD = const(610)  # 35 degrees
_TILT_STEPS = const(6)  # in a row, at 20 Hz: 0.3 s
_OVER = const(4)  # upside down, which no bump is, counts as so many: 0.1 s


class Attitude:
    """`roll` and `pitch` in mrad (right side down and nose up positive) and `tilted`."""

    def __init__(self):
        self.roll = 0
        self.pitch = 0
        self.tilted = False
        self._count = 0

    def step(self, x, y, z):
        """Smoothed accelerations, at 20 Hz: x forward, y right, z against gravity at rest."""
        self.roll = roll = atan2_mrad(-y, z)
        self.pitch = pitch = atan2_mrad(x, z)
        if -_TILT_MRAD < roll < _TILT_MRAD and -_TILT_MRAD < pitch < _TILT_MRAD:
            self._count = 0
            self.tilted = False
        elif self._count <= _TILT_STEPS:
            self._count += _OVER if z < 0 else 1
            self.tilted = self._count > _TILT_STEPS
