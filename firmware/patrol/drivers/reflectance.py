"""Sensors that look at the floor (QTR-1A): the less it reflects, the higher their voltage.

White paper gives about 0.3 V, black tape or no floor at all about 3.2 V.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import ADC

SENSORS = const(5)  # cliffs left and right, lines left, middle and right
_CLIFFS = const(3)
_HYSTERESIS = const(800)  # counts of 65536 to each side of the level: 40 mV


class Reflectance:
    """`sensors` are SENSORS machine.ADC objects, None where there is none; `levels` the readings
    between light and dark.

    After `sample`: `values` (readings of 16 bits, 0 of none), `dark` (a bit for each sensor that
    sees tape, or no floor), `edge` (those of them that are cliffs) and `hit`, the cliffs' bits
    that have become dark with this sample. `present` has a bit for each sensor that there is.
    """

    def __init__(self, sensors: "list[ADC | None]", levels):
        self.values = [0] * SENSORS
        self.dark = 0
        self.edge = 0
        self.hit = 0
        self.present = 0
        self._sensors = sensors
        self._levels = levels
        for i in range(SENSORS):
            if sensors[i] is not None:
                self.present |= 1 << i

    def sample(self):
        """Reads all of them."""
        was = self.dark
        dark = 0
        for i in range(SENSORS):
            sensor = self._sensors[i]
            if sensor is not None:
                self.values[i] = value = sensor.read_u16()
                bit = 1 << i
                level = self._levels[i]
                if value > (level - _HYSTERESIS if was & bit else level + _HYSTERESIS):
                    dark |= bit
        self.dark = dark
        self.edge = dark & _CLIFFS
        self.hit = dark & ~was & _CLIFFS
