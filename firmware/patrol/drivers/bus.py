"""The I2C bus, and how it is freed when a slave holds SDA low.

    bus = Bus(1, 400_000, "X9", "X10")
    if bus.free():           # after a transfer that failed, before the next one
        bus.i2c.readfrom_mem_into(...)

A slave that lost a clock in the middle of a byte waits for more: nine clocks end whatever it
sends, a STOP ends the transfer (UM10204, 3.1.16). The port's constructor then resets the
peripheral, whose BUSY flag may stand, and gives both pins back to it (i2c_init in
ports/stm32/i2c.c); it hands out the same static object, so nothing is allocated and who has the
bus keeps it.
"""

from time import sleep_us

from machine import I2C, Pin

from patrol.portable import const

_TIMEOUT_US = const(3_000)  # longer than any part on the bus holds its clock
_HALF_US = const(5)
_CLOCKS = const(9)
_RETRY = const(20)  # ticks from one try to the next: one takes 0.3 ms


class Bus:
    """`i2c` is a machine.I2C; a transfer that hangs costs the loop 3 ms, not the port's 50.

    `freed` counts how often clocks have helped.
    """

    def __init__(self, number, freq, scl, sda):
        self.freed = 0
        self._number = number
        self._freq = freq
        self._scl = Pin(scl)
        self._sda = Pin(sda)
        self._wait = 0
        self.i2c = I2C(number, freq=freq, timeout=_TIMEOUT_US)

    def free(self):
        """Whether transfers can begin: between them both lines are high, unless one hangs."""
        if self._sda.value() and self._scl.value():
            if self._wait:
                self._wait = 0
                self._restart()
            return True
        if self._wait > 1:
            self._wait -= 1
            return False
        self._wait = _RETRY
        if not self._clock():
            return False
        self._wait = 0
        self.freed += 1
        return True

    def _clock(self):
        """Whether clocks and a STOP have freed it; takes 0.3 ms at most."""
        scl = self._scl
        sda = self._sda
        scl.init(Pin.OPEN_DRAIN, value=1)
        sda.init(Pin.OPEN_DRAIN, value=1)
        n = _CLOCKS
        while n and not sda.value():
            scl.value(0)
            sleep_us(_HALF_US)
            scl.value(1)
            sleep_us(_HALF_US)
            n -= 1
        free = sda.value()
        scl.value(0)
        sda.value(0)
        sleep_us(_HALF_US)
        scl.value(1)
        sleep_us(_HALF_US)
        sda.value(1)
        self._restart()
        return free

    def _restart(self):
        I2C(self._number, freq=self._freq, timeout=_TIMEOUT_US)
