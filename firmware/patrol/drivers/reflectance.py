"""Sensors that look at the floor (QTR-1A): the less it reflects, the higher their voltage.

White paper gives about 0.3 V, black tape or no floor at all about 3.2 V. No floor gives nothing:
the phototransistor saturates at 0.1 V or more (QRE1113 data sheet, recalled), so what stands at 0
is shorted. And a reading has the converter's noise, at least in motion: one that does not change
at all is no reading.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import ADC

SENSORS = const(5)  # cliffs left and right, lines left, middle and right
_CLIFFS = const(3)
_HYSTERESIS = const(800)  # counts of 65536 to each side of the level: 40 mV
_NOTHING = const(993)  # 50 mV
_NOTHINGS = const(5)  # samples
_SAMES = const(18)  # samples in motion, 0.18 s; noise of 8 mV repeats one code in 25
_SAME = const(3)  # `faults`, as in behaviour/faults.py
_ZERO = const(4)


class Reflectance:
    """`sensors` are SENSORS machine.ADC objects, None where there is none; `levels` the readings
    between light and dark.

    After `sample`: `values` (readings of 16 bits, 0 of none), `dark` (a bit for each sensor that
    sees tape, or no floor), `edge` (those of them that are cliffs) and `hit`, the cliffs' bits
    that have become dark with this sample; `faults` (0, or what is wrong with each) and `blind`,
    the cliffs' bits of those that see no edge for that. `present` has a bit for each sensor that
    there is.
    """

    def __init__(self, sensors: "list[ADC | None]", levels):
        self.values = [0] * SENSORS
        self.dark = 0
        self.edge = 0
        self.hit = 0
        self.present = 0
        self.blind = 0
        self.faults = bytearray(SENSORS)
        self._same = bytearray(SENSORS)
        self._sensors = sensors
        self._levels = levels
        for i in range(SENSORS):
            if sensors[i] is not None:
                self.present |= 1 << i

    def sample(self, moving=False):
        """Reads all of them; True when one of `faults` has changed."""
        was = self.dark
        dark = 0
        blind = 0
        changed = False
        values = self.values
        sames = self._same
        faults = self.faults
        bit = 1
        for i in range(SENSORS):
            sensor = self._sensors[i]
            if sensor is not None:
                value = sensor.read_u16()
                same = sames[i]
                fault = 0
                # What is dark is at the supply's end, where noise may be cut off; and it is safe.
                if value < _NOTHING:
                    if same < _SAMES:
                        sames[i] = same = same + 1
                    if same >= _NOTHINGS:
                        fault = _ZERO
                        blind |= bit
                elif value == values[i] and not was & bit:
                    if moving and same < _SAMES:
                        sames[i] = same = same + 1
                    if same == _SAMES:
                        fault = _SAME
                        blind |= bit
                elif same:
                    sames[i] = 0
                if fault != faults[i]:
                    faults[i] = fault
                    changed = True
                values[i] = value
                level = self._levels[i]
                if value > (level - _HYSTERESIS if was & bit else level + _HYSTERESIS):
                    dark |= bit
            bit <<= 1
        self.dark = dark
        self.edge = dark & _CLIFFS
        self.blind = blind & _CLIFFS
        self.hit = dark & ~was & _CLIFFS
        return changed
