"""The pack by two ADC pins: voltage and current, and what it has left.

Under load a pack's voltage sags by current times resistance. The resistance is taken from how the
two move against each other (both smoothed alike, each against its own slower mean); with it comes
the voltage at rest, and from that, by the chemistry's curve, the charge. Between, the charge that
was taken counts, since a curve is flat in its middle.

A reading that no such pack has, or that leaps with no current to explain it, is the divider's.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import ADC

_SHIFT = const(4)  # smoothing over about 16 samples
_SLOW = const(6)  # and over 64
_OPEN = const(4)  # that of the voltage at rest
_R = const(3)  # of the resistance, over 8 estimates
_LEAST_MV = const(3_500)  # the board is off below 3 V, a protected pack at 5
_MOST_MV = const(9_500)  # fresh from the charger, and a converter off by its tolerance
_LEAP_MV = const(700)
_ODD = const(3)  # samples in a row, of 50 ms
_CHANGE_MA = const(150)
_LEAST_MOHM = const(20)
_MOST_MOHM = const(2_000)
_SLEW_MV = const(25)  # a sample
_OVER_MA = const(2_500)  # one blocked wheel takes 1.8 A, two 3.5
_WHOLE = const(10_000_000)  # a full charge
_SECOND = const(1_000)
_MAH = const(3_600_000)  # mA ms
_PULL = const(7)  # to the curve in 128 s

# `fault`, as in behaviour/faults.py.
IMPLAUSIBLE = const(8)
_LEAPS = const(9)
_OVER = const(10)


class Battery:
    """`voltage` and `current` are machine.ADC objects; the latter may be None.

    Scales are what full scale (65536 counts) stands for, in mV and mA; `pack` is that of `kind` in
    drivers/chemistry.py. After `sample`: `mv` and `ma`; `open_mv`, the voltage at rest;
    `supply_mv`, which never jumps, for the wheels; `percent`; `used_mah`; `fault`, 0 or what is
    wrong.
    """

    def __init__(
        self,
        voltage: "ADC",
        current: "ADC | None",
        full_mv,
        full_ma,
        kind,
        pack,
        capacity_mah,
        mohm,
    ):
        self.type = kind
        self.used_mah = 0
        self.fault = 0
        self.low_mv, self.critical_mv, self._curve = pack
        self._capacity = capacity_mah
        self._voltage = voltage.read_u16
        self._current = current.read_u16 if current is not None else None
        self._full_mv = full_mv
        self._full_ma = full_ma
        self._r = mohm << _R
        self._charge = 0  # mA ms, less than a mAh
        self._odd = 0
        self._over = 0
        self._rest_ms = 0
        self._soc = 0
        self._begin(self._voltage() * full_mv >> 16)

    def _begin(self, mv):
        self.mv = self.supply_mv = self.open_mv = mv
        self.ma = 0
        self._mv = mv << _SHIFT
        self._slow_mv = mv << _SLOW
        self._ma = self._slow_ma = 0
        self._open = mv << _OPEN
        self._soc = soc = self._by_curve()
        self.percent = soc // (_WHOLE // 100)

    def sample(self, dt_ms):
        """Reads both channels; `dt_ms` since the last sample counts the charge."""
        mv = self._voltage() * self._full_mv >> 16
        ma = 0
        if self._current is not None:
            ma = self._current() * self._full_ma >> 16
            self._over = self._over + 1 if ma > _OVER_MA else 0
            self._ma += ma - (self._ma >> _SHIFT)
            self.ma = self._ma >> _SHIFT
            self._slow_ma += ma - (self._slow_ma >> _SLOW)
        fault = _OVER if self._over >= _ODD else 0
        if not _LEAST_MV < mv < _MOST_MV:
            odd = IMPLAUSIBLE
        else:
            if not _LEAST_MV < self.supply_mv < _MOST_MV:
                self._begin(mv)  # it is there now
            rest = mv + ma * (self._r >> _R) // 1_000
            leap = rest - self.open_mv
            odd = 0 if -_LEAP_MV < leap < _LEAP_MV else _LEAPS
            self._follow(mv, rest, odd)
        self._odd = self._odd + 1 if odd else 0
        if self._odd >= _ODD:
            fault = odd
            if odd == IMPLAUSIBLE:
                self.mv = mv
        self.fault = fault

        ma = self.ma
        charge = self._charge + ma * dt_ms
        self.used_mah += charge // _MAH
        self._charge = charge % _MAH
        self._rest_ms += dt_ms
        if self._rest_ms >= _SECOND:
            self._rest_ms -= _SECOND
            soc = self._soc - ma * 100_000 // (self._capacity * 36)
            self._soc = soc = soc + (self._by_curve() - soc >> _PULL)
            self.percent = (soc + _WHOLE // 200) // (_WHOLE // 100)

    def _follow(self, mv, rest, odd):
        self._slow_mv += mv - (self._slow_mv >> _SLOW)
        self._mv += mv - (self._mv >> _SHIFT)
        self.mv = mv = self._mv >> _SHIFT
        change = self.ma - (self._slow_ma >> _SLOW)
        if not odd and not -_CHANGE_MA < change < _CHANGE_MA:
            r = ((self._slow_mv >> _SLOW) - mv) * 1_000 // change
            r = _LEAST_MOHM if r < _LEAST_MOHM else _MOST_MOHM if r > _MOST_MOHM else r
            self._r += r - (self._r >> _R)
        self._open += rest - (self._open >> _OPEN)
        self.open_mv = self._open >> _OPEN
        supply = self.supply_mv
        if mv > supply + _SLEW_MV:
            mv = supply + _SLEW_MV
        elif mv < supply - _SLEW_MV:
            mv = supply - _SLEW_MV
        self.supply_mv = mv

    def _by_curve(self):
        """The charge by the voltage at rest, _WHOLE when it is full."""
        curve = self._curve
        mv = self.open_mv - 4_000
        i = 2
        while i < len(curve) - 2 and curve[i + 1] * 20 < mv:
            i += 2
        below = curve[i - 1]
        empty = curve[i - 2]
        permille = empty * 10 + (curve[i] - empty) * (mv - below * 20) // (
            2 * (curve[i + 1] - below)
        )
        permille = 0 if permille < 0 else 1_000 if permille > 1_000 else permille
        return permille * (_WHOLE // 1_000)
