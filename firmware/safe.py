"""Safe mode: no motors, a free REPL, and telemetry that says why once a second.

It stands on its own, so that it works where the rest of the firmware is half-written: of it all,
it only needs `board` for the telemetry's UART, and does without where that is broken too.

    reason = check()       # boot.py: why the car must not run, or None
    start(reason)          # from a soft timer; stop() ends it, as the car's start does
    crashed(error)         # main.py: the car could not start
"""

import gc
import sys
from struct import pack
from time import sleep_ms

from machine import SOFT_RESET, Timer, reset_cause

_PERIOD_MS = 250
_SECOND = 4  # periods

reason = ""
_timer = None
_beat = 0
_sequence = 0
_uart = None
_led = None
_feed = None


def _feeder():
    """What feeds a watchdog that arming has started, which runs on over a soft reset.

    The reload key does nothing where none runs (RM0090 section 21).
    """
    import stm

    mem16 = stm.mem16
    key = stm.IWDG + stm.IWDG_KR

    def feed(timer):
        mem16[key] = 0xAAAA

    return feed


def check():
    """Why the car must not run now, or None."""
    import os

    if "main.py" not in os.listdir():
        return "update not finished: run patrol flash"
    try:
        import board
        from machine import Pin
        from pyb import Timer as HardTimer

        if reset_cause() == SOFT_RESET:
            # Until the car's own deadman takes this timer over.
            HardTimer(board.DEADMAN_TIMER, freq=50).callback(_feeder())
        for name, pin in (("bumper", board.BUMPER), ("start button", board.BUTTON)):
            switch = Pin(pin, Pin.IN, Pin.PULL_UP)
            sleep_ms(2)
            if not switch.value():
                return name + " held: release it, reset"
        from patrol.store import crash
        from patrol.store.log import Log

        log = Log(board.SETTINGS)
        if reset_cause() != SOFT_RESET:  # so no watchdog runs
            log.tidy()
        crash.boot(log)
        if crash.early(log) >= 3:
            return "3 crashes in a row: see patrol crash"
    except Exception as error:
        sys.print_exception(error)
        return "%s: %s" % (type(error).__name__, error)
    return None


def crashed(error):
    """The car could not start, or ended: motors are off, the REPL is free from here on."""
    _unload()
    try:
        import board
        from patrol.store import crash
        from patrol.store.log import Log
        from patrol.store.places import told

        print("\n".join(told(error)))
        crash.note(Log(board.SETTINGS), crash.START, error)
    except Exception as other:
        sys.print_exception(error)
        sys.print_exception(other)
    start("%s: %s" % (type(error).__name__, error))


def _unload():
    """Gives the heap back that the firmware's modules have taken."""
    for name in list(sys.modules):
        if name.split(".")[0] == "patrol":
            del sys.modules[name]
    gc.collect()


def start(why):
    """Blinks the red LED and sends HEARTBEAT and `why` each second; the REPL stays usable."""
    global reason, _timer, _uart, _led, _feed
    reason = why
    _unload()
    print("safe mode:", why, "\nthe car by hand: from patrol.app import Car; Car().run()")
    try:
        import board
        from machine import UART
        from pyb import LED

        _feed = _feeder()
        _uart = UART(board.UART, board.UART_BAUD)
        _led = LED(board.LEDS[0])
    except Exception as error:
        sys.print_exception(error)
    if _timer is None:
        _timer = Timer(-1)
    _timer.init(period=_PERIOD_MS, callback=_step)


def stop():
    """Silent from now on: the UART and the LED are somebody else's."""
    if _timer is not None:
        _timer.deinit()
    if _led is not None:
        _led.off()


def _step(timer):
    global _beat
    try:
        if _feed is not None:
            _feed(timer)
        if _led is not None:
            _led.toggle()
        _beat += 1
        if _beat % _SECOND == 0 and _uart is not None:
            # HOLD, rover, generic, custom modes, MAV_STATE_EMERGENCY; MAV_SEVERITY_CRITICAL
            _uart.write(
                _frame(0, 50, pack("<IBBBBB", 4, 10, 0, 1, 6, 3))
                + _frame(253, 83, b"\x02" + ("safe mode: " + reason).encode()[:50])
            )
    except Exception as error:
        stop()
        sys.print_exception(error)


def _frame(ident, extra, payload):
    """A MAVLink 2 frame of system 1, component 1, by its id and CRC_EXTRA (MAVLink common;
    mavlink.io/en/guide/serialization.html)."""
    global _sequence
    _sequence = (_sequence + 1) & 0xFF
    body = pack("<BBBBBBHB", len(payload), 0, 0, _sequence, 1, 1, ident, 0) + payload
    crc = 0xFFFF
    for byte in body + bytes((extra,)):
        x = (byte ^ crc) & 0xFF
        x = (x ^ (x << 4)) & 0xFF
        crc = (crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)
    return b"\xfd" + body + pack("<H", crc)
