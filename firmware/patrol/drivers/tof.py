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
LEFT = const(0x30)  # addresses, as tof_setup.py gives them
RIGHT = const(0x29)
VALID = const(11)  # device range status: ranging complete, no check has failed
_MOST_MM = const(2_000)  # data sheet (DocID029104): up to 2 m
_LATE = const(6)  # steps without a measurement: then it is not alive
_RETRY = const(25)  # steps from one try of a silent chip to the next: 1 s
_CLEAR = b"\x01"


class Tof:
    """After `step`: `range_mm`, `signal` and `ambient` (1/128 million counts a second), `status`
    (VALID, or which check failed), `count` of measurements since boot.

    `alive` is False while it does not answer or does not measure (of one that is not there, from
    the first step on); `errors` counts failed transfers.
    """

    def __init__(self, i2c: "I2C", address):
        self.range_mm = 0
        self.signal = 0
        self.ambient = 0
        self.status = 0
        self.count = 0
        self.errors = 0
        self.alive = True
        self._i2c = i2c
        self._address = address
        self._buffer = bytearray(13)
        self._idle = 0  # steps without anything new

    def step(self):
        """Takes the latest measurement, if there is one; never raises OSError."""
        self._idle = idle = self._idle + 1
        if _LATE < idle < _LATE + _RETRY:
            return
        b = self._buffer
        try:
            self._i2c.readfrom_mem_into(self._address, _INTERRUPT_STATUS, b)
            if b[0] & 7:
                self._i2c.writeto_mem(self._address, _INTERRUPT_CLEAR, _CLEAR)
                self._take(b)
                return
        except OSError:
            self.errors += 1
            idle = _LATE
        if idle >= _LATE:
            self._idle = _LATE
            self.alive = False
            self.range_mm = 0

    def _take(self, b):
        self._idle = 0
        self.alive = True
        self.count += 1
        self.status = status = b[1] >> 3 & 15
        self.signal = b[7] << 8 | b[8]
        self.ambient = b[9] << 8 | b[10]
        mm = b[11] << 8 | b[12]
        self.range_mm = mm if status == VALID and mm <= _MOST_MM else 0
