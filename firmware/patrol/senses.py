"""What hangs on the I2C bus, watched: the IMU and both ToF sensors, lost, told and taken back."""

from patrol.behaviour.faults import IMU, TOF
from patrol.drivers.imu import SILENT
from patrol.portable import const
from patrol.schedule import FREE

_SETUP_BYTES = const(12_288)  # of heap, for the code that sets them up
_ANEW_MS = const(5_000)  # from one try to start the ToF sensors anew to the next


class Senses:
    """`car` as in app.py."""

    def __init__(self, car):
        self._car = car
        self._turn = 0
        self._doubt = False  # a transfer has failed: a line may hang
        self._anew_ms = 0

    def inertia(self):
        """The IMU's sample of this tick."""
        car = self._car
        imu = car.imu
        if not self._doubt or car.bus.free():
            # The wheels tell a motion only after it has begun, so the wish to move counts too.
            drive = car.drive
            imu.sample(car.odometry.at_rest and drive.speed == 0 == drive.turn)
        else:
            imu.lose(SILENT)
        self._doubt = not imu.fresh
        car.faults.set(IMU, imu.fault)

    def beam(self):
        """One ToF sensor and then the other: each at 25 Hz, less often than it measures."""
        car = self._car
        self._turn = i = 1 - self._turn
        tof = car.tofs[i]
        errors = tof.errors
        tof.step(not self._doubt or car.bus.free())
        if tof.errors != errors:
            self._doubt = True
        car.faults.set(TOF + i, tof.fault)

    def mend(self):
        """A ToF sensor that answers and does not measure has lost its power: it is started anew.

        Both are, since the left one then answers where the right one does. It takes a fifth of a
        second, and code that is on the heap for no longer: not while the car is armed.
        """
        car = self._car
        ms = car.schedule.ms
        if car.xshut is None or ms < self._anew_ms or not car.bus.free():
            return
        if car.schedule.heap[FREE] < _SETUP_BYTES:
            return
        for tof in car.tofs:
            if tof.fault == SILENT and tof.answers():
                self._anew_ms = ms + _ANEW_MS
                car.start_tofs()
                car.tofs[0].begin()
                car.tofs[1].begin()
                return
