# pyb.py: the stm32 port's pyb module, as far as it is built: Timer, Pin, LED, Switch, RTC and
# Flash.

import time as _time

import chip
import machine as _machine
import pinout
from _machine_pin import Pin
from _machine_rtc import RTC
from _pyb_timer import Timer
from flash import Flash


def __getattr__(name):
    raise AttributeError("pyb.%s is not built on this board" % name)


def millis():
    return _time.ticks_ms()


def micros():
    return _time.ticks_us()


def elapsed_millis(start):
    return _time.ticks_diff(_time.ticks_ms(), start)


def elapsed_micros(start):
    return _time.ticks_diff(_time.ticks_us(), start)


def delay(ms):
    _time.sleep_ms(ms)


def udelay(us):
    _time.sleep_us(us)


def disable_irq():
    return _machine.disable_irq()


def enable_irq(state=True):
    _machine.enable_irq(state)


def hard_reset():
    _machine.reset()


def bootloader(value=None):
    _machine.bootloader(value)


def unique_id():
    return chip.unique_id


def freq(sysclk=0, hclk=0, pclk1=0, pclk2=0):
    return _machine.freq(sysclk, hclk, pclk1, pclk2)


def wfi():
    _machine.idle()


class LED:
    """One of the board's LEDs, from 1."""

    def __init__(self, id):
        if not 1 <= id <= len(pinout.LEDS):
            raise ValueError("LED(%s) doesn't exist" % id)
        self._id = id
        self._level = 0

    def _set(self, level):
        self._level = level
        chip.output(chip.LED, self._id, 0, level)

    def on(self):
        self._set(255)

    def off(self):
        self._set(0)

    def toggle(self):
        self._set(0 if self._level else 255)

    def intensity(self, value=-1):
        if value < 0:
            return self._level
        self._set(min(255, value))


class Switch:
    """The USR switch: pressed is True."""

    def __init__(self):
        self._pin = Pin("SW", Pin.IN, Pin.PULL_UP)

    def value(self):
        return not self._pin.value()

    def __call__(self):
        return self.value()

    def callback(self, function):
        self._pin.irq(None if function is None else lambda pin: function(), Pin.IRQ_FALLING, True)
