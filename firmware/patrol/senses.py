"""What hangs on the I2C bus, watched: the IMU and both ToF sensors, lost, told and taken back."""

from patrol.drivers.imu import SILENT
from patrol.portable import const

_QUIET_MS = const(5_000)  # a sensor that comes and goes is told no more often
_ANEW_MS = const(5_000)  # from one try to start the ToF sensors anew to the next

_NO_IMU_TEXT = b"no IMU at 0x68: heading by wheels alone"
# By Imu.trouble.
_IMU_TEXTS = (
    b"IMU does not answer: heading by wheels alone",
    b"IMU tells always the same: heading by wheels alone",
    b"IMU is another chip: heading by wheels alone",
)
_TOF_TEXTS = (b"left ToF sensor does not answer", b"right ToF sensor does not answer")
_FROZEN_TEXTS = (
    b"left ToF sensor tells always the same",
    b"right ToF sensor tells always the same",
)
_BACK_TEXTS = (b"IMU is back", b"left ToF sensor is back", b"right ToF sensor is back")


class Senses:
    """`bus` is a drivers.bus.Bus; `start()` starts both ToF sensors, None where a board cannot;
    `say(severity, text)` tells a person, `schedule` has the time in `ms`."""

    def __init__(self, bus, imu, tofs, start, schedule, say):
        self._bus = bus
        self._imu = imu
        self._tofs = tofs
        self._start = start
        self._schedule = schedule
        self._say = say
        self._told = [0] * 3  # when each was lost, in ms, and negative when it is back
        self._turn = 0
        self._doubt = False  # a transfer has failed: a line may hang
        self._anew_ms = 0
        if not imu.works:
            say(4, _NO_IMU_TEXT)
            self._told[0] = 1

    def inertia(self, at_rest):
        """The IMU's sample of this tick."""
        imu = self._imu
        if not self._doubt or self._bus.free():
            imu.sample(at_rest)
        else:
            imu.lose(SILENT)
        self._doubt = not imu.fresh
        if imu.works != (self._told[0] <= 0):
            self._tell(0, imu.works, _IMU_TEXTS[imu.trouble - 1])

    def beam(self):
        """One ToF sensor and then the other: each at 25 Hz, less often than it measures."""
        self._turn = i = 1 - self._turn
        tof = self._tofs[i]
        errors = tof.errors
        tof.step(not self._doubt or self._bus.free())
        if tof.errors != errors:
            self._doubt = True
        if tof.alive != (self._told[i + 1] <= 0):
            self._tell(i + 1, tof.alive, _FROZEN_TEXTS[i] if tof.frozen else _TOF_TEXTS[i])

    def _tell(self, i, works, text):
        """A sensor is lost, or back: said once, and a new loss not before some seconds."""
        was = self._told[i]
        ms = self._schedule.ms
        if works:
            self._told[i] = -was
            self._say(6, _BACK_TEXTS[i])
        elif was == 0 or ms + was >= _QUIET_MS:
            self._told[i] = ms
            self._say(4, text)

    def mend(self):
        """A ToF sensor that answers and does not measure has lost its power: it is started anew.

        Both are, since the left one then answers where the right one does. It takes a fifth of a
        second, and code that is on the heap for no longer: not while the car is armed.
        """
        ms = self._schedule.ms
        if self._start is None or ms < self._anew_ms or not self._bus.free():
            return
        for tof in self._tofs:
            if not tof.alive and not tof.frozen and tof.answers():
                self._anew_ms = ms + _ANEW_MS
                self._start()
                return
