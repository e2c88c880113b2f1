# common.py: what the other files here share: the firmware's own drivers, and the guard.
#
# Motors have power in `powered` alone, and no longer than a timer interrupt allows: half a second
# after the host's last sign of life.

import select
import sys
from time import sleep_ms, sleep_us, ticks_diff, ticks_us

import board
from machine import Pin
from patrol import car, hardware
from patrol.store import settings as store
from patrol.store.log import Log
from pyb import Timer

PERIOD_US = 10_000
ASK = 10  # periods from one question to the host to the next
SILENT = 50  # periods without an answer: the host is gone

settings = store.load(Log(board.SETTINGS), lambda severity, text: None)
standby = hardware.standby(board)
imu = None
bias = 0  # of the yaw gyro, urad/s


class Guard:
    """Takes the motors' power away when its time is over, whatever the program does."""

    def __init__(self, off):
        self._off = off
        self._left = 0
        Timer(board.DEADMAN_TIMER, freq=50).callback(self._count)

    def _count(self, timer):
        if self._left:
            self._left -= 1
            if self._left == 0:
                self._off(0)

    def allow(self, ms):
        self._left = ms // 20 + 1


class Host:
    """The program that runs this, asked whether it is still there: ENQ there, ACK back."""

    def __init__(self):
        self.asked = False
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)

    def ask(self):
        self.asked = True
        sys.stdout.write("\x05")

    def answered(self, ms):
        """Waits so long for the answer that is due; whether it came."""
        if self._poll.poll(ms):
            sys.stdin.read(1)
            self.asked = False
        return not self.asked


guard = Guard(standby.value)
host = Host()


def make():
    """The drivers of what moves."""
    global motors, encoders, battery
    motors = hardware.motors(board)
    encoders = hardware.encoders(board, settings)
    battery = hardware.battery(board, settings)


def power():
    """(mV, mA): enough samples for the driver's smoothing to settle, and the PWM's ripple."""
    for _ in range(64):
        battery.sample(0)
    return battery.mv, battery.ma


def powered(step, ms):
    """`step(dt_us)` every 10 ms with the motors powered, until it says True or `ms` are over.

    OSError when the host does not answer for half a second.
    """
    silent = 0
    try:
        host.ask()
        if not host.answered(SILENT * 10):
            raise OSError("no answer from the host")
        for motor in motors:
            motor.brake()
        for encoder in encoders:
            encoder.sample(PERIOD_US)
        guard.allow((SILENT + ASK) * 10)
        standby.value(1)
        last = ticks_us()
        for _ in range(ms // 10):
            silent += 1
            if host.asked:
                left = PERIOD_US - ticks_diff(ticks_us(), last)
                if host.answered(max(0, left) // 1000):
                    silent = 0
                    guard.allow((SILENT + ASK) * 10)
                elif silent >= SILENT:
                    raise OSError("no answer from the host")
            elif silent >= ASK:
                host.ask()
            sleep_us(max(1, PERIOD_US - ticks_diff(ticks_us(), last)))
            now = ticks_us()
            dt = ticks_diff(now, last)
            last = now
            for encoder in encoders:
                encoder.sample(dt)
            if step(dt):
                break
    finally:
        standby.value(0)
        for motor in motors:
            motor.coast()
    if host.asked and not host.answered(SILENT * 10):  # else the prompt would get it
        raise OSError("no answer from the host")


def yaw(dt):
    """How far the gyro says that the car turned, clockwise, in urad."""
    if imu is None:
        return 0
    try:
        imu.sample(False)
    except OSError:
        return 0
    return (imu.yaw_urad_s - bias) * dt // 1_000_000
