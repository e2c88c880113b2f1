"""A quadrature encoder on a timer in encoder mode, by signed differences of its 16-bit counter.

Speed is counts over the time from one tick in which the counter moved to another (the M/T method:
T. Ohmae et al., "A microprocessor-controlled high-accuracy wide-range speed regulator for motor
drives", IEEE Trans. Ind. Electron. 29 (1982)): at low speed that is the time between edges, to a
tick, at high speed the count in a fixed time. The window holds as many counts as bound the error
to 8 %: 5 ticks at 40 mm/s, 2 from 120 on. Edges with a time of their own would need an interrupt
for each of 6,000 a second.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from pyb import Timer

_SIZE = const(8)  # ticks with a motion that the window holds at most
_LEAST = const(2)  # and at least
_ENOUGH = const(12)  # counts: one is 8 % of them
_REST_US = const(160_000)  # without a count that long the wheel stands: below 1 mm/s
_US_PER_COUNT = const(64)  # 2.4 m/s: no motor of the car is so fast
_SLACK = const(8)  # counts
_DOUBTS = const(3)  # readings in a row that cannot be; then the counter itself has jumped


class Encoder:
    """`timer` is a pyb.Timer with period 0xffff and two ENC_AB channels.

    After each `sample`: `delta` (counts since the last one), `speed` (mm/s) and `distance` (mm,
    signed). `nm` is the way of the wheel's rim for one count. A reading that no wheel
    could have come to is a glitch: the speed stays, and the next reading that can be has all the
    counts.
    """

    def __init__(self, timer: "Timer", nm_per_count, sign=1):
        self.delta = 0
        self.speed = 0
        self.distance = 0
        self._counter = timer.counter
        self.nm = nm_per_count
        self._sign = sign
        self._last = timer.counter()
        self._rest_nm = 0  # what is not a whole millimetre yet
        self._doubts = 0
        self._unread_us = 0  # since the last reading that was believed
        self._quiet_us = _REST_US  # since the counter moved
        # The window: counts, and the time that each took. A ring; `_n` are filled, up to `_at`.
        self._counts = [0] * _SIZE
        self._times = [0] * _SIZE
        self._sum = 0
        self._sum_us = 0
        self._at = 0
        self._n = 0

    def sample(self, dt_us):
        """Reads the counter; `dt_us` is the measured time since the last sample."""
        raw = self._counter()
        delta = (raw - self._last) & 0xFFFF
        if delta & 0x8000:
            delta -= 0x10000
        delta *= self._sign
        self._unread_us = us = self._unread_us + dt_us
        most = us // _US_PER_COUNT + _SLACK
        if not -most <= delta <= most:
            self.delta = 0
            self._doubts += 1
            if self._doubts == _DOUBTS:
                self._doubts = self._unread_us = 0
                self._last = raw
            return
        self._doubts = 0
        self._unread_us = 0
        self._last = raw
        self.delta = delta
        quiet = self._quiet_us + us
        if delta == 0:
            # Slower than one count in that time.
            if quiet >= _REST_US:
                quiet = _REST_US
                self.speed = 0
            elif quiet > 0:
                speed = self.speed
                most = self.nm // quiet
                self.speed = most if speed > most else (-most if speed < -most else speed)
            self._quiet_us = quiet
            return
        if quiet >= _REST_US or (delta > 0) != (self._sum > 0):
            # From rest, or the other way round: what was before says nothing.
            self._n = self._sum = self._sum_us = 0
            quiet = us
        self._quiet_us = 0
        self._take(delta, quiet)
        rest = self._rest_nm + delta * self.nm
        mm = rest // 1_000_000
        self._rest_nm = rest - mm * 1_000_000
        self.distance += mm

    def _take(self, delta, us):
        """Counts that came in so long, into the window and the speed."""
        counts = self._counts
        times = self._times
        n = self._n
        at = self._at
        total = self._sum
        total_us = self._sum_us
        if n == _SIZE:
            total -= counts[at]
            total_us -= times[at]
            n -= 1
        counts[at] = delta
        times[at] = us
        total += delta
        total_us += us
        n += 1
        self._at = at = (at + 1) % _SIZE
        while n > _LEAST:
            old = (at - n) % _SIZE
            left = total - counts[old]
            if -_ENOUGH < left < _ENOUGH:
                break
            total = left
            total_us -= times[old]
            n -= 1
        self._n = n
        self._sum = total
        self._sum_us = total_us
        # nm/us is mm/s. No time at all is no speed, rather than an infinite one.
        self.speed = (total * self.nm + (total_us >> 1)) // total_us if total_us > 0 else 0
