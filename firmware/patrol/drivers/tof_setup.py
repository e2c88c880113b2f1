"""Starts the VL53L0X sensors: identity, addresses, ST's tuning, calibration, ranging.

Two chips of one address share a bus and one XSHUT pin, the right one's: while it is low only the
left one answers, and is moved away. The order of the steps is that of ST's driver (STSW-IMG005:
VL53L0X_DataInit, VL53L0X_StaticInit, VL53L0X_PerformRefCalibration, VL53L0X_StartMeasurement), the
tuning its vl53l0x_tuning.h. Needed once: the car lets go of it.
"""

from time import sleep_ms, sleep_us

from patrol.drivers.tof import LEFT, RIGHT
from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import I2C, Pin

_BOOT_US = const(1_200)  # data sheet, section 2.9: 1.2 ms from XSHUT to the first transfer
_MOST_MS = const(100)

_IDENTITY = b"\xee\xaa\x10"  # model, module and revision, from 0xC0 (data sheet, section 3.2)

# Register and value, in pairs; 0xFF turns the page.
_TUNING = (
    b"\xff\x01\x00\x00\xff\x00\x09\x00\x10\x00\x11\x00\x24\x01\x25\xff\x75\x00"
    b"\xff\x01\x4e\x2c\x48\x00\x30\x20\xff\x00\x30\x09\x54\x00\x31\x04\x32\x03\x40\x83\x46\x25"
    b"\x60\x00\x27\x00\x50\x06\x51\x00\x52\x96\x56\x08\x57\x30\x61\x00\x62\x00\x64\x00\x65\x00"
    b"\x66\xa0\xff\x01\x22\x32\x47\x14\x49\xff\x4a\x00\xff\x00\x7a\x0a\x7b\x00\x78\x21"
    b"\xff\x01\x23\x34\x42\x00\x44\xff\x45\x26\x46\x05\x40\x40\x0e\x06\x20\x1a\x43\x40"
    b"\xff\x00\x34\x03\x35\x44\xff\x01\x31\x04\x4b\x09\x4c\x05\x4d\x04"
    b"\xff\x00\x44\x00\x45\x20\x47\x08\x48\x28\x67\x00\x70\x04\x71\x01\x72\xfe\x76\x00\x77\x00"
    b"\xff\x01\x0d\x01\xff\x00\x80\x01\x01\xf8\xff\x01\x8e\x01\x00\x01\xff\x00\x80\x00"
)
# An interrupt for each measurement; 33 ms for one: the final range's time-out in periods of its
# laser, as 142 << 2 (ST's sums for the steps that are left on below).
_RANGING = b"\x0a\x04\x0b\x01\x71\x02\x72\x8e"


class _Chip:
    def __init__(self, i2c: "I2C", address):
        self._i2c = i2c
        self._address = address

    def read(self, register):
        return self._i2c.readfrom_mem(self._address, register, 1)[0]

    def write(self, pairs):
        for i in range(0, len(pairs), 2):
            self._i2c.writeto_mem(self._address, pairs[i], pairs[i + 1 : i + 2])

    def wait(self, register, mask):
        """OSError where none of these bits comes."""
        for _ in range(_MOST_MS):
            if self.read(register) & mask:
                return
            sleep_ms(1)
        raise OSError("register 0x%02x" % register)

    def stop(self):
        """Ends what it was doing before a reset that it took no part in."""
        self.write(b"\xff\x00\x80\x00\x00\x01")
        sleep_ms(_MOST_MS)
        self.write(b"\x0b\x01\x00\x00")

    def start(self):
        """From reset to ranging; OSError where no VL53L0X answers."""
        told = self._i2c.readfrom_mem(self._address, 0xC0, 3)
        if told != _IDENTITY:
            raise OSError("identity 0x%02x" % told[0])
        self.write(b"\x88\x00\x80\x01\xff\x01\x00\x00")
        stop = bytes((0x91, self.read(0x91)))
        self.write(b"\x00\x01\xff\x00\x80\x00\x01\xff")
        self._spads()
        self.write(_TUNING)
        self.write(_RANGING)
        self.write(bytes((0x84, self.read(0x84) & ~0x10)))  # its interrupt pin low when active
        self._calibrate(b"\x01\x01\x00\x41")  # supply of the laser
        self._calibrate(b"\x01\x02\x00\x01")  # phase
        self.write(
            b"\x01\xe8\x80\x01\xff\x01\x00\x00" + stop + b"\x00\x01\xff\x00\x80\x00\x00\x02"
        )

    def _calibrate(self, pairs):
        self.write(pairs)
        self.wait(0x13, 7)
        self.write(b"\x0b\x01\x00\x00")

    def _spads(self):
        """Switches on the reference diodes that the factory has found to be good and enough."""
        self.write(b"\x80\x01\xff\x01\x00\x00\xff\x06")
        self.write(bytes((0x83, self.read(0x83) | 4)))
        self.write(b"\xff\x07\x81\x01\x80\x01\x94\x6b\x83\x00")
        self.wait(0x83, 0xFF)
        self.write(b"\x83\x01")
        told = self.read(0x92)
        self.write(b"\x81\x00\xff\x06")
        self.write(bytes((0x83, self.read(0x83) & ~4)))
        self.write(b"\xff\x01\x00\x01\xff\x00\x80\x00")
        good = bytearray(self._i2c.readfrom_mem(self._address, 0xB0, 6))
        self.write(b"\xff\x01\x4f\x00\x4e\x2c\xff\x00\xb6\xb4")
        left = told & 0x7F
        for i in range(48):
            bit = 1 << (i & 7)
            if (told & 0x80 and i < 12) or not left:
                good[i >> 3] &= ~bit
            elif good[i >> 3] & bit:
                left -= 1
        self._i2c.writeto_mem(self._address, 0xB0, good)


def start(i2c: "I2C", xshut: "Pin"):
    """Whether left and right range.

    `xshut` is the right one's pin; the left one's is pulled up. The left one may have been moved
    before a reset that was the processor's alone.
    """
    xshut.value(0)
    sleep_us(_BOOT_US)
    moved = False
    try:
        i2c.writeto_mem(RIGHT, 0x8A, bytes((LEFT,)))  # that of every chip after its reset
    except OSError:
        moved = True
    left = _started(i2c, LEFT, moved)
    xshut.value(1)
    sleep_us(_BOOT_US)
    return left, _started(i2c, RIGHT, False)


def _started(i2c, address, running):
    chip = _Chip(i2c, address)
    try:
        if running:
            chip.stop()
        chip.start()
    except OSError:
        return False
    return True
