"""One HC-SR04: a 10 us trigger, and an echo pulse whose two edges are recorded by an interrupt.

The pulse begins about 0.45 ms after the trigger and lasts 5.8 us for each millimetre, or about
38 ms when nothing comes back (data sheet). No call here waits for it.
"""

from time import sleep_us, ticks_diff, ticks_us

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import Pin

NONE_MM = const(0)  # range_mm when nothing was heard
_IDLE = const(0)
_PINGED = const(1)
_RISEN = const(2)
_FALLEN = const(3)
_SILENT_US = const(30_000)  # a longer pulse is the sensor's own time-out: 5.1 m
_MAX_DEAF = const(4)


class Sonar:
    """`trigger` and `echo` are machine.Pin objects, output and input.

    After `collect`: `raw_mm` (last measurement), `range_mm` (median of the last three), each
    NONE_MM where nothing was heard; `alive` is False once the sensor has stopped answering at all.
    """

    def __init__(self, trigger: "Pin", echo: "Pin"):
        self.raw_mm = NONE_MM
        self.range_mm = NONE_MM
        self.alive = True
        self.count = 0  # measurements since boot
        self._deaf = 0
        self._before = NONE_MM
        self._oldest = NONE_MM
        self._state = _IDLE
        self._rise = self._fall = ticks_us()
        self._trigger = trigger.value
        self._level = echo.value
        self._trigger(0)
        echo.irq(self._edge, echo.IRQ_RISING | echo.IRQ_FALLING, hard=True)

    def _edge(self, pin):
        # Only times and a state: this runs in the interrupt. The state is the generation guard: an
        # edge counts only if it is the one that this ping still waits for.
        now = ticks_us()
        if self._level():
            if self._state == _PINGED:
                self._rise = now
                self._state = _RISEN
        elif self._state == _RISEN:
            self._fall = now
            self._state = _FALLEN

    def ping(self):
        """Sends a pulse; not while the echo pin is still high, for then it would answer late."""
        if self._level():
            self._state = _IDLE
            return
        self._state = _PINGED
        self._trigger(1)
        sleep_us(10)
        self._trigger(0)

    def collect(self):
        """Takes the result of the last ping; whatever comes later belongs to no ping."""
        state = self._state
        self._state = _IDLE
        mm = NONE_MM
        if state == _FALLEN:
            us = ticks_diff(self._fall, self._rise)
            if 0 < us < _SILENT_US:
                mm = us * 343 // 2000  # there and back at 343 m/s (20 degrees)
        if state <= _PINGED:
            # Not even the pulse that says "nothing": no sensor, or no cable.
            if self._deaf < _MAX_DEAF:
                self._deaf += 1
            else:
                self.alive = False
        else:
            self._deaf = 0
            self.alive = True
        self.count += 1
        self.raw_mm = mm
        a = self._oldest
        b = self._before
        self._oldest = b
        self._before = mm
        # Nothing counts as far away.
        a = a or 9999
        b = b or 9999
        c = mm or 9999
        if a > b:
            a, b = b, a
        if b > c:
            b = c if c > a else a
        self.range_mm = b if b != 9999 else NONE_MM
