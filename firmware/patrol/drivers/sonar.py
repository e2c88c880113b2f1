"""One HC-SR04: a 10 us trigger, and an echo pulse whose two edges are recorded by an interrupt.

The pulse begins about 0.45 ms after the trigger and lasts 5.8 us for each millimetre, or about
38 ms when nothing comes back (data sheet). No call here waits for it.

Each measurement has a generation, odd while it is open: an edge counts only for the one in which
it falls, and a pulse only if it began when that ping's has to. So what comes late is nobody's.
"""

from time import sleep_us, ticks_diff, ticks_us

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import Pin

NONE_MM = const(0)  # range_mm when nothing was heard
_FAR_MM = const(9_999)  # as which nothing counts in the median
_RISE_US = const(5_000)  # a pulse that begins later is no answer to this trigger
_SILENT_US = const(30_000)  # a longer pulse is the sensor's own time-out: 5.1 m
_LEAST_US = const(150)  # a nearer thing is at the sensor's end, where all readings are alike

# `fault`, as in behaviour/faults.py.
_NO_PULSE = const(1)
_HIGH = const(2)
_SAME = const(3)
_DISTURBED = const(5)
_QUIET = const(6)

_SAME_PINGS = const(5)  # repeats to the microsecond in motion; noise of 3 mm repeats one in 60
_QUIET_PINGS = const(375)  # 30 s; slanted walls alone make 11 s (office and rooms, 6 minutes)
_SPIKE_MM = const(150)
# Each range far nearer than both around it counts so much, each ping takes 1 off. Chosen on 6
# minutes of patrol: no alarm there; where bursts meet 30 % of the pings, after 4 s (median).
_SPIKE = const(5)
_SPIKES = const(20)
_SPIKES_MOST = const(60)


class Sonar:
    """`trigger` and `echo` are machine.Pin objects, output and input.

    After `collect`: `raw_mm` (last measurement), `range_mm` (median of the last three: against
    the truth five are worse in motion, by their age), each NONE_MM where nothing was heard.
    `fault` is 0, or what is wrong; `dead` is 1 where that makes it useless, and 2 where it has
    been so for two pings. `count` is of measurements since boot.
    """

    def __init__(self, trigger: "Pin", echo: "Pin"):
        self.raw_mm = NONE_MM
        self.range_mm = NONE_MM
        self.dead = 0
        self.fault = 0
        self.count = 0
        self.trigger = trigger
        self._oldest = NONE_MM  # the range before `raw_mm`
        self._us = 0
        self._same = 0
        self._quiet = 0
        self._spikes = 0
        self._generation = 0
        self._risen = self._fallen = -1  # the generation of the last edges that counted
        self._rise = self._fall = ticks_us()  # a rise not before there was one: the trigger
        self._level = echo.value
        trigger.value(0)
        echo.irq(self._edge, echo.IRQ_RISING | echo.IRQ_FALLING, hard=True)

    def _edge(self, pin):
        # Only times and numbers: this runs in the interrupt.
        now = ticks_us()
        generation = self._generation
        if self._level():
            if generation & 1 and self._risen != generation:
                if ticks_diff(now, self._rise) <= _RISE_US:
                    self._rise = now
                    self._risen = generation
        elif self._risen == generation != self._fallen:
            self._fall = now
            self._fallen = generation

    def listen(self):
        """Opens a measurement, for the trigger that follows; False while the echo pin is still
        high, for then the sensor would answer late."""
        if self._level():
            return False
        self._rise = ticks_us()
        self._risen = -1  # that of 43 minutes ago has the same number
        self._generation = (self._generation + 1) & 0xFFFF
        return True

    def pulse(self):
        """Triggers every sonar at that pin."""
        trigger = self.trigger
        trigger.value(1)
        sleep_us(10)
        trigger.value(0)

    def collect(self, moving):
        """Takes the result of the last ping; whatever comes later belongs to no ping.

        To a car that is not `moving` all may sound the same.
        """
        generation = self._generation
        mm = NONE_MM
        fault = 0
        if not generation & 1:
            fault = _HIGH  # since it was asked last
        else:
            self._generation = generation + 1 & 0xFFFF
            if self._risen != generation:
                fault = _NO_PULSE  # not even the one that says "nothing": no sensor, or no cable
            elif self._fallen == generation:
                us = ticks_diff(self._fall, self._rise)
                if 0 < us < _SILENT_US:
                    mm = us * 343 // 2000  # there and back at 343 m/s (20 degrees)
                    again = moving and us == self._us and us > _LEAST_US
                    self._same = self._same + 1 if again else 0
                    self._us = us
        if not fault:
            fault = self._judge(mm, moving)
        self.fault = fault
        if 0 < fault <= _SAME:
            self.dead = 2 if self.dead or fault == _SAME else 1
        else:
            self.dead = 0
        self.count += 1
        # The median of three, of which silence is the farthest.
        low = self._oldest or _FAR_MM
        high = self.raw_mm or _FAR_MM
        if low > high:
            low, high = high, low
        middle = mm or _FAR_MM
        if middle < low:
            middle = low
        elif middle > high:
            middle = high
        self.range_mm = middle if middle != _FAR_MM else NONE_MM
        self._oldest = self.raw_mm
        self.raw_mm = mm

    def _judge(self, mm, moving):
        """What is wrong with a sensor that answers; before the new range is taken in."""
        last = (self.raw_mm or _FAR_MM) + _SPIKE_MM
        if last < (self._oldest or _FAR_MM) and last < (mm or _FAR_MM):
            if self._spikes < _SPIKES_MOST:
                self._spikes += _SPIKE
        elif self._spikes:
            self._spikes -= 1
        if mm:
            self._quiet = 0
        elif moving and self._quiet < _QUIET_PINGS:
            self._quiet += 1
        if self._same >= _SAME_PINGS:
            return _SAME
        if self._spikes >= _SPIKES or (self._spikes and self.fault == _DISTURBED):
            return _DISTURBED
        return _QUIET if self._quiet == _QUIET_PINGS else 0
