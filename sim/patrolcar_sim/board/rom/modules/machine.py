# machine.py: the stm32 port's machine module, as far as it is built.
#
# Each class does what the port's does, including what blocks and what raises. A name of the port
# that is not built here raises as well (see __getattr__).

import chip
import pinout
from _machine_bus import I2C, UART
from _machine_pin import ADC, PWM, Pin, Signal, time_pulse_us
from _machine_rtc import RTC

PWRON_RESET = chip.POWER_ON
HARD_RESET = chip.HARD
WDT_RESET = chip.WATCHDOG
DEEPSLEEP_RESET = chip.DEEPSLEEP
SOFT_RESET = chip.SOFT

_TICK_US = 1000  # SysTick wakes an idle processor


def __getattr__(name):
    raise AttributeError("machine.%s is not built on this board" % name)


def reset():
    chip.reset(chip.HARD)


def soft_reset():
    raise SystemExit  # the prompt does the rest, as on the port


def bootloader(value=None):
    """The port hands over to the chip's DFU, which only a reset ends. Here is none: it resets."""
    print("machine.bootloader: this board has no USB to load through; it starts again")
    chip.reset(chip.HARD)


def reset_cause():
    return chip.reset_cause


def unique_id():
    return chip.unique_id


def freq(sysclk=0, hclk=0, pclk1=0, pclk2=0):
    if sysclk:
        raise NotImplementedError("machine.freq: the clock of this board is fixed")
    return (pinout.CPU_HZ, pinout.CPU_HZ, pinout.CPU_HZ // 4, pinout.CPU_HZ // 2)


def idle():
    """Waits for an interrupt; SysTick is one, every millisecond."""
    if chip.horizon <= chip.now:
        chip.advance(chip.now + 1)
    else:
        chip.advance(min(chip.horizon, chip.now + _TICK_US - chip.now % _TICK_US))


def disable_irq():
    state = chip.irq_off == 0
    chip.irq_off = 1
    return state


def enable_irq(state=True):
    chip.irq_off = 0 if state else 1
    chip.advance(chip.now)


class WDT:
    """The independent watchdog: once started it cannot be stopped nor re-timed."""

    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError("WDT(%d) doesn't exist" % id)
        if timeout < 1:
            raise ValueError("WDT timeout too short")
        if timeout > 32768:
            raise ValueError("WDT timeout too long")
        if not chip.watchdog_timeout_us:
            chip.watchdog_timeout_us = timeout * 1000
            chip.output(chip.WATCHDOG_SETUP, 0, 0, timeout * 1000)
        self.feed()
        chip.advance(chip.now)  # a program that hangs at once must still be reset

    def feed(self):
        chip.feed_watchdog()


class Timer:
    """The port's software timers: only Timer(-1); the callback is not a hard interrupt."""

    ONE_SHOT = 1
    PERIODIC = 2

    def __init__(self, id=-1, **settings):
        if id != -1:
            raise ValueError("Timer doesn't exist")
        self._due = chip.NEVER
        self._callback = None
        if settings:
            self.init(**settings)

    def init(
        self, *, mode=PERIODIC, callback=None, period=-1, tick_hz=1000, freq=None, hard=False
    ):
        self._period_us = int(1_000_000 / freq) if freq else period * 1_000_000 // tick_hz
        if self._period_us <= 0:
            raise ValueError("invalid period")
        self._mode = mode
        self._callback = callback
        self._hard = hard
        self._due = chip.now + self._period_us
        chip.add_timer(self)
        chip.soon(self._period_us)

    def deinit(self):
        self._due = chip.NEVER
        chip.remove_timer(self)

    def _fire(self):
        self._due = self._due + self._period_us if self._mode == Timer.PERIODIC else chip.NEVER
        if self._callback is None:
            return
        if self._hard:
            if not chip.run_hard(self._callback, self, "Timer"):
                self._callback = None
        else:
            self._callback(self)
