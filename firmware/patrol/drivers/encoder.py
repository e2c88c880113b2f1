"""A quadrature encoder on a timer in encoder mode, by signed differences of its 16-bit counter."""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from pyb import Timer

_WINDOW = const(4)  # ticks over which the speed is taken: one count is then 4 mm/s at 10 ms
_MOST = const(1_000)  # counts in a tick: 16 m/s, so more is a fault and no motion


class Encoder:
    """`timer` is a pyb.Timer with period 0xffff and two ENC_AB channels.

    After each `sample`: `delta` (counts since the last one), `speed` (mm/s over the last four) and
    `distance` (mm, signed). `nm_per_count` is the way of the wheel's rim for one count.
    """

    def __init__(self, timer: "Timer", nm_per_count, sign=1):
        self.delta = 0
        self.speed = 0
        self.distance = 0
        self.faults = 0
        self._counter = timer.counter
        self._nm = nm_per_count
        self._sign = sign
        self._last = timer.counter()
        self._rest_nm = 0  # what is not a whole millimetre yet
        self._counts = [0] * _WINDOW
        self._times = [0] * _WINDOW
        self._sum_counts = 0
        self._sum_us = 0
        self._at = 0

    def sample(self, dt_us):
        """Reads the counter; `dt_us` is the measured time since the last sample."""
        raw = self._counter()
        delta = (raw - self._last) & 0xFFFF
        self._last = raw
        if delta & 0x8000:
            delta -= 0x10000
        delta *= self._sign
        if not -_MOST < delta < _MOST:
            delta = 0
            self.faults += 1
        self.delta = delta

        at = self._at
        self._sum_counts = counts = self._sum_counts + delta - self._counts[at]
        self._sum_us = us = self._sum_us + dt_us - self._times[at]
        self._counts[at] = delta
        self._times[at] = dt_us
        self._at = (at + 1) % _WINDOW
        # nm/us is mm/s. No time at all is no speed, rather than an infinite one.
        self.speed = (counts * self._nm + (us >> 1)) // us if us > 0 else 0
        rest = self._rest_nm + delta * self._nm
        mm = rest // 1_000_000
        self._rest_nm = rest - mm * 1_000_000
        self.distance += mm
