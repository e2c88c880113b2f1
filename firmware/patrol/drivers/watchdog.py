"""What stops the motors when the loop does not: a timer interrupt, and the watchdog after 2 s."""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import WDT, Pin
    from pyb import Timer

_STILL = const(2)  # calls at 50 Hz without a new tick: the loop has stood still for 40 to 60 ms
TIMEOUT_MS = const(2_000)


class Deadman:
    """Takes the motors' power away from a timer interrupt when the tick counter stands still.

    `loop` has `.ticks`; `standby` is the bridge's STBY pin (low: all outputs float); `timer` a
    pyb.Timer at 50 Hz. `tripped` stays True until `reset`.
    """

    def __init__(self, timer: "Timer", loop, standby: "Pin"):
        self.tripped = False
        self.watching = False
        self._loop = loop
        self._standby = standby.value
        self._seen = -1
        self._still = 0
        self._feed = None
        timer.callback(self._check)

    def _check(self, timer):
        # In the interrupt: nothing here allocates, and nothing may raise, which would disable it.
        ticks = self._loop.ticks
        if ticks != self._seen:
            self._seen = ticks
            self._still = 0
        elif self._still < _STILL:
            self._still += 1
        elif self.watching:
            self._standby(0)
            self.watching = False
            self.tripped = True
        if self._feed is not None:
            self._feed()

    def watch(self):
        """From now on a loop that stands still loses the motors."""
        self.tripped = False
        self._still = 0
        self.watching = True

    def release(self, feed=None):
        """The motors are off on purpose. `feed` is called at 50 Hz from here on.

        It keeps a watchdog that cannot be stopped from resetting the board under a person at the
        REPL.
        """
        self.watching = False
        self._feed = feed


class Watchdog:
    """The chip's own watchdog; it can be neither stopped nor re-timed, so arming starts it.

    `memory[key]` is its key register, IWDG_KR.
    """

    def __init__(self, factory: "type[WDT]", memory, key):
        self.running = False
        self._factory = factory
        self._memory = memory
        self._key = key

    def feed(self):
        """The reload key, which does nothing where no watchdog runs (RM0090 section 21).

        One that was started before a soft reset still runs, and nothing tells so.
        """
        self._memory[self._key] = 0xAAAA

    def start(self):
        """Starts it, once; from then on `feed` must be called at least every two seconds."""
        if not self.running:
            self._factory(timeout=TIMEOUT_MS)
            self.running = True
