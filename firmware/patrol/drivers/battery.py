"""The pack's voltage and current by two ADC pins, smoothed, and the charge taken since boot."""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import ADC

_SHIFT = const(4)  # smoothing over about 16 samples


class Battery:
    """`voltage` and `current` are machine.ADC objects; the latter may be None.

    Scales are what full scale (65536 counts) stands for, in mV and mA. After `sample`: `mv`, `ma`,
    and `used_mah`.
    """

    def __init__(self, voltage: "ADC", current: "ADC | None", full_mv=14_190, full_ma=3_300):
        self.used_mah = 0
        self._voltage = voltage.read_u16
        self._current = current.read_u16 if current is not None else None
        self._full_mv = full_mv
        self._full_ma = full_ma
        self._mv = (self._voltage() * full_mv >> 16) << _SHIFT
        self._ma = 0
        self._charge = 0  # mA ms, less than a mAh
        self.mv = self._mv >> _SHIFT
        self.ma = 0

    def sample(self, dt_ms):
        """Reads both channels; `dt_ms` since the last sample counts the charge."""
        self._mv += (self._voltage() * self._full_mv >> 16) - (self._mv >> _SHIFT)
        self.mv = self._mv >> _SHIFT
        if self._current is None:
            return
        self._ma += (self._current() * self._full_ma >> 16) - (self._ma >> _SHIFT)
        self.ma = ma = self._ma >> _SHIFT
        charge = self._charge + ma * dt_ms
        if charge >= 3_600_000:
            self.used_mah += charge // 3_600_000
            charge %= 3_600_000
        self._charge = charge
