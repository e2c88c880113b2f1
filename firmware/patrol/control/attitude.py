"""Roll and pitch from the accelerometer."""

from patrol.control.trig import atan2_mrad


class Attitude:
    """`roll` and `pitch` in mrad (right side down and nose up positive)."""

    def __init__(self):
        self.roll = 0
        self.pitch = 0

    def step(self, x, y, z):
        """Smoothed accelerations, at 20 Hz: x forward, y right, z against gravity at rest."""
        self.roll = atan2_mrad(-y, z)
        self.pitch = atan2_mrad(x, z)
