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


def replace(ordered, old, new):
    """Puts `new` in the place of `old` in a sorted list, which stays sorted: by insertion."""
    i = 0
    while ordered[i] != old:
        i += 1
    last = len(ordered) - 1
    while i < last and ordered[i + 1] < new:
        ordered[i] = ordered[i + 1]
        i += 1
    while i and ordered[i - 1] > new:
        ordered[i] = ordered[i - 1]
        i -= 1
    ordered[i] = new


class Sonar:
    """`trigger` and `echo` are machine.Pin objects, output and input.

    After `collect`: `raw_mm` (last measurement), `range_mm` (median of the last three: against
    the truth five are worse in motion, by their age), each NONE_MM where nothing was heard.
    `fault` is 0, or what is wrong; `alive` is False where that makes it useless, and `lost` where
    it has been so for two pings. `moving` is to be set: to a car at rest all may sound the same.
    """

    def __init__(self, trigger: "Pin", echo: "Pin"):
        self.raw_mm = NONE_MM
        self.range_mm = NONE_MM
        self.alive = True
        self.lost = False
        self.fault = 0
        self.moving = False
        self.count = 0  # measurements since boot
        self.trigger = trigger
        self._before = self._oldest = NONE_MM
        self._ordered = [_FAR_MM] * 3
        self._us = 0
        self._same = 0
        self._quiet = 0
        self._spikes = 0
        self._generation = 0
        self._risen = self._fallen = -1  # the generation of the last edges that counted
        self._rise = self._fall = self._sent = ticks_us()
        self._level = echo.value
        trigger.value(0)
        echo.irq(self._edge, echo.IRQ_RISING | echo.IRQ_FALLING, hard=True)

    def _edge(self, pin):
        # Only times and numbers: this runs in the interrupt.
        now = ticks_us()
        generation = self._generation
        if self._level():
            if generation & 1 and self._risen != generation:
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
        self._generation = (self._generation + 1) & 0xFFFF
        self._sent = ticks_us()
        return True

    def pulse(self):
        """Triggers every sonar at that pin."""
        trigger = self.trigger
        trigger.value(1)
        sleep_us(10)
        trigger.value(0)

    def collect(self):
        """Takes the result of the last ping; whatever comes later belongs to no ping."""
        generation = self._generation
        mm = NONE_MM
        fault = 0
        if not generation & 1:
            fault = _HIGH  # since it was asked last
        else:
            self._generation = generation + 1 & 0xFFFF
            if self._risen != generation or ticks_diff(self._rise, self._sent) > _RISE_US:
                fault = _NO_PULSE  # not even the one that says "nothing": no sensor, or no cable
            elif self._fallen == generation:
                us = ticks_diff(self._fall, self._rise)
                if 0 < us < _SILENT_US:
                    mm = us * 343 // 2000  # there and back at 343 m/s (20 degrees)
                    again = self.moving and us == self._us and us > _LEAST_US
                    self._same = self._same + 1 if again else 0
                    self._us = us
        self.lost = fault != 0 and not self.alive
        if not fault:
            fault = self._judge(mm)
            self.lost = fault == _SAME
        self.fault = fault
        self.alive = not 0 < fault <= _SAME
        self.count += 1
        self.raw_mm = mm
        ordered = self._ordered
        replace(ordered, self._oldest or _FAR_MM, mm or _FAR_MM)
        self._oldest = self._before
        self._before = mm
        mm = ordered[1]
        self.range_mm = mm if mm != _FAR_MM else NONE_MM

    def _judge(self, mm):
        """What is wrong with a sensor that answers; before the new range is taken in."""
        last = (self._before or _FAR_MM) + _SPIKE_MM
        if last < (self._oldest or _FAR_MM) and last < (mm or _FAR_MM):
            if self._spikes < _SPIKES_MOST:
                self._spikes += _SPIKE
        elif self._spikes:
            self._spikes -= 1
        if mm:
            self._quiet = 0
        elif self.moving and self._quiet < _QUIET_PINGS:
            self._quiet += 1
        if self._same >= _SAME_PINGS:
            return _SAME
        if self._spikes >= _SPIKES:
            return _DISTURBED
        return _QUIET if self._quiet == _QUIET_PINGS else 0
