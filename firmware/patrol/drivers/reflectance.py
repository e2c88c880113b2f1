"""Sensors that look at the floor (QTR-1A): the less it reflects, the higher their voltage.

White paper gives about 0.3 V, black tape or no floor at all about 3.2 V.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import ADC

_HYSTERESIS = const(800)  # counts of 65536 to each side of the level: 40 mV


class Reflectance:
    """`sensors` are machine.ADC objects, `levels` the readings between light and dark.

    After `sample`: `values` (readings of 16 bits), `dark` (a bit for each sensor that sees tape,
    or no floor), and `hit`, the bits that have become dark with this sample.
    """

    def __init__(self, sensors: "list[ADC]", levels):
        self.values = [0] * len(sensors)
        self.dark = 0
        self.hit = 0
        self._reads = [sensor.read_u16 for sensor in sensors]
        self._levels = levels

    def sample(self):
        """Reads all of them."""
        was = self.dark
        dark = 0
        i = 0
        for read in self._reads:
            self.values[i] = value = read()
            level = self._levels[i]
            bit = 1 << i
            if value > (level - _HYSTERESIS if was & bit else level + _HYSTERESIS):
                dark |= bit
            i += 1
        self.dark = dark
        self.hit = dark & ~was
