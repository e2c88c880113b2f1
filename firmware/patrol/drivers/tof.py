"""A VL53L0X that ranges by itself, back to back: one burst read takes what it has measured.

    tof.step()               # at most as often as it measures, every 33 ms
    tof.range_mm             # 0: nothing that counts

tof_setup.py starts the chip; here is only what the loop needs. ST publishes no list of registers:
addresses and meanings are those of its driver (STSW-IMG005, vl53l0x_device.h and vl53l0x_api.c,
VL53L0X_GetRangingMeasurementData).
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import I2C

_INTERRUPT_CLEAR = const(0x0B)
_INTERRUPT_STATUS = const(0x13)  # then, from 0x14, the twelve bytes of a result
_MODEL = const(0xC0)
_IDENTITY = const(0xEE)  # data sheet, section 3.2
LEFT = const(0x30)  # addresses, as tof_setup.py gives them
RIGHT = const(0x29)
VALID = const(11)  # device range status: ranging complete, no check has failed
_MOST_MM = const(2_000)  # data sheet (DocID029104): up to 2 m
_LATE = const(4)  # steps without a measurement, 160 ms: then it is not alive
_RETRY = const(12)  # steps from one try of a silent chip to the next: half a second
_LOOK = const(3)  # measurements from one look at its identity to the next
# Measurements that are the same to the last bit. Range and rates of light are counted photons: of
# a target they come out alike once in 250, so three in a row come once in 10**7. Of nothing they
# do once in seven, and in the dark nearly always.
_EQUAL = const(3)
_EQUAL_BLIND = const(16)
_LIGHT = const(96)  # ambient, 0.75 Mcps: a dim room
_CLEAR = b"\x01"
# `fault`, as in behaviour/faults.py.
_SILENT = const(11)
FROZEN = const(12)


class Tof:
    """After `step`: `range_mm`, `signal` and `ambient` (1/128 million counts a second), `status`
    (VALID, or which check failed), `count` of measurements since boot.

    `fault` is 0, or what is wrong: it does not answer, does not measure (of one that is not there,
    from the first step on), is another chip; or, FROZEN, it tells always the same, noticed after
    0.2 s where it has a target, 0.7 s where it has none and never in the dark. `errors` counts
    failed transfers.
    """

    def __init__(self, i2c: "I2C", address):
        self.range_mm = 0
        self.signal = 0
        self.ambient = 0
        self.status = 0
        self.count = 0
        self.errors = 0
        self.fault = 0
        self._i2c = i2c
        self._address = address
        self._buffer = bytearray(13)
        self._idle = 0  # steps without anything new
        self._equal = 0  # measurements like the one before
        self._mm = 0

    def step(self, free=True):
        """Takes the latest measurement, if there is one and the bus is free; raises no OSError."""
        self._idle = idle = self._idle + 1
        if _LATE < idle < _LATE + _RETRY:
            return
        b = self._buffer
        if not free or not self._ask(b):
            self.errors += 1
            idle = _LATE
        elif b[0] & 7:
            self._take(b)
            return
        if idle >= _LATE:
            self._idle = _LATE
            self.fault = _SILENT
            self.range_mm = 0

    def begin(self):
        """It has been set up anew: its first measurement is on its way."""
        self._idle = 0

    def answers(self):
        """Whether a VL53L0X is at its address, measuring or not."""
        b = self._buffer
        try:
            self._i2c.readfrom_mem_into(self._address, _MODEL, b)
        except OSError:
            return False
        return b[0] == _IDENTITY

    def _ask(self, b):
        """Reads a result, if there is one; whether the right chip has answered."""
        i2c = self._i2c
        if self.count % _LOOK == 0 and not self.answers():
            return False
        try:
            i2c.readfrom_mem_into(self._address, _INTERRUPT_STATUS, b)
            if b[0] & 7:
                i2c.writeto_mem(self._address, _INTERRUPT_CLEAR, _CLEAR)
        except OSError:
            return False
        return True

    def _take(self, b):
        self._idle = 0
        self.count += 1
        self.status = status = b[1] >> 3 & 15
        mm = b[11] << 8 | b[12]
        signal = b[7] << 8 | b[8]
        ambient = b[9] << 8 | b[10]
        equal = self._equal + 1
        if mm != self._mm or signal != self.signal or ambient != self.ambient:
            equal = 0
        self._equal = equal
        self._mm = mm
        self.signal = signal
        self.ambient = ambient
        most = _EQUAL if status == VALID else _EQUAL_BLIND
        frozen = equal >= most and (status == VALID or ambient >= _LIGHT)
        self.fault = FROZEN if frozen else 0
        self.range_mm = mm if not frozen and status == VALID and mm <= _MOST_MM else 0
